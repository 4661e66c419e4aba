import { business, entry, json, permanent, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const dynamics = (status: number, message: string, inner = ''): Arrives =>
  json(status, { error: { code: '', message, ...(inner && { innererror: { message: inner, type: 'X', stacktrace: 'at Y' } }) } })
const infolog = (reason: string) =>
  `Write failed for table row of type 'LedgerJournalLineEntity'. Infolog: Warning: ${reason}; Error: validateWrite failed on data source 'LedgerJournalTrans'.`

export const DYNAMICS_CORPUS: Corpus = {
  vendor: 'dynamics',
  from: 'contract card Dynamics 365 Finance & Operations; Microsoft Learn, troubleshoot general ledger',
  entries: [
    entry(
      'limit of requests, as it is misspelt',
      dynamics(429, 'Number of requests exeeded the limit of 6000 over the time window of 300 seconds.'),
      transient('source_throttled'),
    ),
    entry(
      'limit of time, in a 400',
      dynamics(
        400,
        'Combined execution time of incoming requests exceeded limit of 1200 seconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
      ),
      transient('source_throttled'),
    ),
    entry(
      'limit of concurrency',
      dynamics(429, 'Number of concurrent requests exceeded the limit of 52.'),
      transient('source_throttled'),
    ),
    entry(
      'short of resources',
      dynamics(500, 'This request could not be processed at this time due to system experiencing high resource utilization.'),
      transient('source_throttled'),
    ),
    entry(
      'update conflict',
      dynamics(
        500,
        'An error has occurred.',
        'Cannot edit a record in Ledger journal table (LedgerJournalTable). An update conflict occurred due to another user process deleting the record or changing one or more fields in the record.',
      ),
      transient('source_record_locked'),
    ),
    entry('stale entity tag', dynamics(412, 'The record was changed'), transient('source_record_locked')),
    entry(
      'unbalanced voucher',
      dynamics(
        500,
        'An error has occurred.',
        infolog(
          'The transactions on voucher GJ-0042 do not balance as per 3/31/2026. (accounting currency: 0.01 - reporting currency: 0.06)',
        ),
      ),
      business('refused_document_unbalanced'),
    ),
    entry(
      'unbalanced voucher, said generally',
      dynamics(
        400,
        "The transactions on a specific voucher don't balance as of a certain date (accounting currency: 0.01 - reporting currency: 0.06).",
      ),
      business('refused_document_unbalanced'),
    ),
    entry('import that took some rows', json(200, { value: 'PartiallySucceeded' }), business('refused_rows')),
    entry('no credential', text(401), permanent('credential_refused')),
    entry('no role', text(403), permanent('credential_refused')),
    entry('entity that is not there', text(404), permanent('source_endpoint_unknown')),
    entry('gateway', text(502, '<html>Bad gateway</html>'), transient('source_unavailable')),
    entry('server error without words', text(500), transient('source_unavailable')),
    entry(
      'a reason of the customer',
      dynamics(500, 'An error has occurred.', infolog('Cost center CC100 needs a project')),
      unclassified,
    ),
    entry('the words for anything', dynamics(500, 'An error has occurred.'), unclassified),
    entry(
      'a closed period in words nobody vouches for',
      dynamics(400, 'An error has occurred.', infolog('The fiscal calendar period is closed')),
      unclassified,
    ),
    entry('import that failed', json(200, { value: 'Failed' }), unclassified),
  ],
}

const wd = (code: string, message: string, detail = ''): Arrives =>
  text(
    500,
    `<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault xmlns:wd="urn:com.workday/bsvc"><faultcode>${code}</faultcode><faultstring>${message}</faultstring>${detail && `<detail><wd:Validation_Fault><wd:Validation_Error><wd:Message>${detail}</wd:Message><wd:Xpath>/x</wd:Xpath></wd:Validation_Error></wd:Validation_Fault></detail>`}</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
  )
const VALIDATION = 'SOAP-ENV:Client.validationError'

export const WORKDAY_CORPUS: Corpus = {
  vendor: 'workday',
  from: 'contract card Workday, "Technical or business?"; published validations of its operations',
  entries: [
    entry(
      'a reference it does not know, as HTTP 500',
      wd(
        VALIDATION,
        "Validation error occurred. Invalid ID value. 'CC900' is not a valid ID value for type = 'Cost_Center_Reference_ID'",
      ),
      business('refused_member_unknown'),
    ),
    entry(
      'a cost centre called timeout',
      wd(
        VALIDATION,
        "Validation error occurred. Invalid ID value. 'TIMEOUT' is not a valid ID value for type = 'Cost_Center_Reference_ID'",
      ),
      business('refused_member_unknown'),
    ),
    entry(
      'a rule of its own, as HTTP 500',
      wd(
        VALIDATION,
        'Validation error occurred.',
        'The entered information does not meet the restrictions defined for this field.',
      ),
      business('refused_by_rule'),
    ),
    entry(
      'wrong user',
      wd('SOAP-ENV:Client.authenticationError', 'invalid username or password'),
      permanent('credential_refused'),
    ),
    entry(
      'a task it may not run',
      wd('SOAP-ENV:Client.processingError', 'Processing error occurred. The task submitted is not authorized'),
      permanent('credential_refused'),
    ),
    entry('page nought', wd('SOAP-ENV:Client.validationError', 'Page Number cannot be zero.'), permanent('source_refused')),
    entry('token', json(401, { error: 'Invalid Access Token' }), permanent('credential_refused')),
    entry('resource of REST', json(404, { error: 'not found', code: 'S21' }), permanent('source_endpoint_unknown')),
    entry('throttled', text(429), transient('source_throttled')),
    entry('gateway', text(503, '<html>Workday is down for maintenance</html>'), transient('source_unavailable')),
    entry('processing, whatever it was', wd('SOAP-ENV:Client.processingError', 'Processing error occurred.'), unclassified),
    entry('server, whatever it was', wd('SOAP-ENV:Server', 'Internal error'), unclassified),
    entry('over a limit, said as 500', json(500, { error: 'Request limit reached' }), unclassified),
  ],
}

const task = (result: unknown): Arrives => json(200, { task: { taskId: '1', taskState: 'COMPLETE', result } })

export const ANAPLAN_CORPUS: Corpus = {
  vendor: 'anaplan',
  from: 'contract card Anaplan, table of signals',
  entries: [
    entry(
      'complete, and not successful',
      task({
        successful: false,
        failureDumpAvailable: true,
        details: [{ localMessageText: '3 rows ignored', occurrences: 3, type: 'hierarchyRowsProcessed' }],
      }),
      business('refused_rows'),
    ),
    entry('model busy', json(409, { status: { code: 409, message: 'busy' } }), transient('source_record_locked')),
    entry('model locked', json(423, { status: { code: 423, message: 'locked' } }), transient('source_record_locked')),
    entry('model archived', json(422, { status: { code: 422, message: 'archived' } }), permanent('source_endpoint_unknown')),
    entry(
      'not there, or no access',
      json(404, { status: { code: 404, message: 'not found' } }),
      permanent('source_endpoint_unknown'),
    ),
    entry('token over', text(401), permanent('credential_refused')),
    entry('throttled', text(429), transient('source_throttled')),
    entry('server', text(500), transient('source_unavailable')),
    entry('400 in words', json(400, { status: { code: 400, message: 'The action cannot be run now' } }), unclassified),
  ],
}

const adaptive = (key: string, message: string): Arrives =>
  text(
    200,
    `<?xml version="1.0"?><response success="false"><messages><message key="${key}">${message}</message></messages></response>`,
  )

export const ADAPTIVE_CORPUS: Corpus = {
  vendor: 'adaptive',
  from: 'contract card Workday Adaptive Planning; public clients',
  entries: [
    entry(
      'login refused in a 200',
      adaptive('error-authentication-failure', 'Authentication failure'),
      permanent('credential_refused'),
    ),
    entry('server', text(502), transient('source_unavailable')),
    entry(
      'version locked, in words nobody vouches for',
      adaptive('error-import', 'The version Budget 2026 is locked'),
      unclassified,
    ),
    entry(
      'unknown account, in words nobody vouches for',
      adaptive('error-import', 'Account 6100 could not be found'),
      unclassified,
    ),
    entry('a key nobody knows', adaptive('error-unknown', 'Something went wrong'), unclassified),
  ],
}

export const COUPA_CORPUS: Corpus = {
  vendor: 'coupa',
  from: 'contract card Coupa',
  entries: [
    entry(
      'blank segment',
      json(400, { errors: { account: ["Segment 1 - Cost Center can't be blank"] } }),
      business('refused_value_missing'),
    ),
    entry(
      'there already',
      json(400, { errors: { code: ['Code has already been taken'] } }),
      business('refused_document_duplicate'),
    ),
    entry(
      'another validation of a field',
      json(400, { errors: { period: ['Period is not open for budgeting'] } }),
      business('refused_by_rule'),
    ),
    entry(
      'a validation that speaks of a timeout',
      json(400, { errors: { 'need-by-date': ['Request timeout must be after the invoice date'] } }),
      business('refused_by_rule'),
    ),
    entry('scope missing', text(403), permanent('credential_refused')),
    entry('token', text(401), permanent('credential_refused')),
    entry('throttled', text(429), transient('source_throttled')),
    entry('server', text(500), transient('source_unavailable')),
    entry(
      'no rows, or no such path',
      text(404, '<?xml version="1.0"?><errors><error>No results match your search criteria.</error></errors>'),
      unclassified,
    ),
    entry('400 without a field', json(400, { message: 'Bad data' }), unclassified),
  ],
}

export const KINAXIS_CORPUS: Corpus = {
  vendor: 'kinaxis',
  from: 'contract card Kinaxis',
  entries: [
    entry(
      'some rows',
      json(200, { Results: { Status: 'Partial Success', InsertedRowCount: 9, ErrorRowCount: 1 } }),
      business('refused_rows'),
    ),
    entry(
      'rows of a worksheet',
      json(200, { Success: true, Worksheets: [{ WorksheetName: 'W', ImportedRowCount: 9, ErrorRowCount: 2, Errors: [] }] }),
      business('refused_rows'),
    ),
    entry('token', text(401), permanent('credential_refused')),
    entry('server', text(500), transient('source_unavailable')),
    entry('failure, whatever it was', json(200, { Results: { Status: 'Failure' } }), unclassified),
    entry('400 in words', json(400, { Message: 'Invalid scenario' }), unclassified),
  ],
}
