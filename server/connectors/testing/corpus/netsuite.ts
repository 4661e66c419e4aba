import { business, entry, json, permanent, said, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const rest = (status: number, code: string, detail: string): Arrives =>
  json(status, {
    type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1',
    title: 'Bad Request',
    status,
    'o:errorDetails': [{ detail, 'o:errorCode': code }],
  })
const restlet = (code: string, message: string): Arrives => json(400, { error: { code, message } })
const soap = (inner: string, message: string): Arrives =>
  text(
    500,
    `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Server.userException</faultcode><faultstring>${message}</faultstring><detail><platformFaults:${inner} xmlns:platformFaults="urn:faults"><platformFaults:message>${message}</platformFaults:message></platformFaults:${inner}></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`,
  )

export const NETSUITE_CORPUS: Corpus = {
  vendor: 'netsuite',
  from: 'contract card Oracle NetSuite; NetSuite help, Error Status Codes',
  entries: [
    entry('closed period', rest(400, 'CLOSED_TRAN_PRD', 'This period is closed.'), business('refused_period_closed')),
    entry(
      'date outside the period, under a code of a script',
      rest(400, 'USER_ERROR', 'The transaction date you specified is not within the date range of your accounting period.'),
      business('refused_period_closed'),
    ),
    entry(
      'a rule of the customer',
      rest(400, 'USER_ERROR', 'Journals above 1,000,000 need a second approver'),
      business('refused_by_rule'),
    ),
    entry(
      'unbalanced',
      restlet('TRANS_UNBALNCD', 'Transaction was not in balance. Total = 0.01'),
      business('refused_document_unbalanced'),
    ),
    entry('there already', rest(400, 'DUP_RCRD', 'This record already exists'), business('refused_document_duplicate')),
    entry(
      'the same idempotency key',
      json(400, {
        title: 'Conflict',
        status: 400,
        'o:errorDetails': [{ detail: 'Duplicate', 'o:errorCode': 'IDEMPOTENCY_ERROR' }],
      }),
      business('refused_document_duplicate'),
    ),
    entry(
      'unknown reference',
      rest(400, 'INVALID_KEY_OR_REF', 'Invalid account reference key 9999.'),
      business('refused_member_unknown'),
    ),
    entry(
      'unknown value, by its words',
      rest(400, 'INVALID_CONTENT', 'You have entered an Invalid Field Value 9999 for the following field: item'),
      business('refused_member_unknown'),
    ),
    entry(
      'reference of another subsidiary',
      rest(400, 'INVALID_CONTENT', 'Invalid department reference key 12 for subsidiary 3.'),
      business('refused_member_unknown'),
    ),
    entry(
      'record that is not there',
      rest(404, 'RCRD_DSNT_EXIST', 'That record does not exist.'),
      business('refused_member_unknown'),
    ),
    entry('required field', restlet('FIELD_REQD', 'Missing a required field'), business('refused_value_missing')),
    entry(
      'no line',
      rest(400, 'INVALID_CONTENT', 'You must enter at least one line item for this transaction.'),
      business('refused_value_missing'),
    ),
    entry(
      'text too long',
      restlet(
        'EXCEEDED_MAX_FIELD_LENGTH',
        'The field memo contained more than the maximum number ( 999 ) of characters allowed.',
      ),
      business('refused_value_invalid'),
    ),
    entry('currency', restlet('CRNCY_REQD', 'Currency is required'), business('refused_currency')),
    entry(
      'voided',
      restlet('CANT_MODIFY_VOID_TRANS', 'Void transactions cannot be modified'),
      business('refused_document_final'),
    ),
    entry('changed meanwhile', rest(400, 'RCRD_HAS_BEEN_CHANGED', 'Record has been changed'), transient('source_record_locked')),
    entry(
      'too many at once, a RESTlet says 400',
      restlet('SSS_REQUEST_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.'),
      transient('source_throttled'),
    ),
    entry(
      'too many at once, SOAP',
      soap('ExceededConcurrentRequestLimitFault', 'WS_REQUEST_BLOCKED'),
      transient('source_throttled'),
    ),
    entry(
      'too many at once, by its words',
      text(400, 'SuiteTalk concurrent request limit exceeded. Request blocked.'),
      transient('source_throttled'),
    ),
    entry(
      'too many sessions',
      soap('ExceededRequestLimitFault', 'Only one request may be made against a session at a time'),
      transient('source_throttled'),
    ),
    entry('429', text(429), transient('source_throttled')),
    entry(
      'search took too long',
      restlet('ABORT_SEARCH_EXCEEDED_MAX_TIME', 'This search has timed out.'),
      transient('source_timed_out'),
    ),
    entry('maintenance', text(503, '<html>NetSuite is unavailable</html>'), transient('source_unavailable')),
    entry('login refused', rest(401, 'INVALID_LOGIN', 'Invalid login attempt.'), permanent('credential_refused')),
    entry(
      'session over',
      restlet('SESSION_TIMED_OUT', 'Your connection has timed out. Please log in again.'),
      permanent('credential_refused'),
    ),
    entry(
      'no permission',
      rest(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation: You need the Journal Entry permission.'),
      permanent('credential_refused'),
    ),
    entry('integration blocked', restlet('consumer_key_refused', 'consumer_key_refused'), permanent('credential_refused')),
    entry(
      'request too large',
      restlet('EXCEEDED_RQST_SIZE_LIMIT', 'request exceeded the allowed size'),
      permanent('source_refused'),
    ),
    entry(
      'feature switched off',
      restlet('FEATURE_DISABLED', 'The feature Multi-Book Accounting is disabled in this account.'),
      permanent('source_refused'),
    ),
    entry('token endpoint', json(400, { error: 'invalid_grant' }), permanent('credential_refused')),
    // What nobody can tell.
    entry('the code for anything', rest(400, 'UNEXPECTED_ERROR', 'An unexpected error occurred. Error ID: k1a2b3'), unclassified),
    entry(
      'content that is not right, whatever it is',
      rest(400, 'INVALID_CONTENT', 'Invalid content in the request body.'),
      unclassified,
    ),
    entry('a script that failed', said('SSS_SCRIPT_ERROR', 'TypeError: Cannot read property'), unclassified),
    entry(
      '500 in words',
      json(500, { title: 'Internal Server Error', 'o:errorDetails': [{ detail: 'Contact support', 'o:errorCode': 'SYS_ERR' }] }),
      unclassified,
    ),
    entry('a closed period in a note of a user', rest(400, 'CUSTOM', 'Journal memo mentions a closed period'), unclassified),
    entry('403 in words nobody knows', rest(403, 'WORKFLOW_HOLD', 'Held by the approval workflow'), unclassified),
  ],
}
