import { business, entry, json, permanent, said, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const rest = (status: number, code: string, detail: string): Arrives =>
  json(status, {
    title: status === 400 ? 'Bad Request' : 'Error',
    status: `${status}`,
    'o:errorDetails': [{ detail, 'o:errorCode': code, 'o:errorPath': '/' }],
  })
const fault = (code: string, message: string): Arrives =>
  text(
    500,
    `<?xml version="1.0"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><env:Fault><faultcode>${code}</faultcode><faultstring>${message}</faultstring></env:Fault></env:Body></env:Envelope>`,
  )
const job = (RequestStatus: string): Arrives => json(200, { items: [{ RequestStatus }], count: 1 })
const child = (name: string, status: string): Arrives =>
  job(
    JSON.stringify({
      JOBS: { JOBNAME: 'Import Journals', STATUS: 'SUCCEEDED', CHILD: [{ JOBNAME: name, STATUS: status, REQUESTID: '2' }] },
    }),
  )

export const ORACLE_CORPUS: Corpus = {
  vendor: 'oracle',
  from: 'contract card Oracle Fusion Cloud ERP; Journal Import error codes; Oracle Database Error Messages',
  entries: [
    ...['EP01', 'EP02', 'EP03', 'EB03'].map((code) =>
      entry(`import line ${code}`, said(code), business('refused_period_closed')),
    ),
    ...['EF01', 'EF02', 'EF03'].map((code) => entry(`import line ${code}`, said(code), business('refused_member_inactive'))),
    ...['EU02', 'EU03'].map((code) => entry(`import line ${code}`, said(code), business('refused_document_unbalanced'))),
    ...['EC06', 'EC08', 'EC11'].map((code) => entry(`import line ${code}`, said(code), business('refused_currency'))),
    entry('import line EF04', said('EF04'), business('refused_value_invalid')),
    entry('import line EP04, no business day', said('EP04'), business('refused_value_invalid')),
    entry('import line EF05', said('EF05'), business('refused_member_unknown')),
    entry('import line EB02, frozen budget', said('EB02'), business('refused_document_final')),
    entry(
      'balances with an error inside 200',
      json(200, { items: [{ LedgerName: 'US', ErrorDetail: 'The accounting period isn’t valid.' }], count: 1 }),
      business('refused_by_rule'),
    ),
    entry(
      'a child that rejected rows under a parent that succeeded',
      child('Import Journals: Child', 'WARNING'),
      business('refused_rows'),
    ),
    entry('validation as HTTP 500', fault('env:Server', 'JBO-27024'), unclassified),
    entry(
      'validation as HTTP 500, by its code',
      fault('JBO-27024', 'Failed to validate a row with key'),
      business('refused_value_invalid'),
    ),
    entry(
      'a record that is missing, as HTTP 500',
      fault('FND_CMN_RCRD_MSNG', 'The record does not exist.'),
      business('refused_member_unknown'),
    ),
    entry(
      'an operation the resource lacks',
      text(400, 'Invalid operation create for the specified resource.'),
      permanent('source_refused'),
    ),
    entry('stale entity tag', json(412, { title: 'Precondition Failed', status: '412' }), transient('source_record_locked')),
    entry('throttled', text(429, 'Too Many Requests'), transient('source_throttled')),
    entry('gateway after five minutes', text(504, '<html>Gateway Timeout</html>'), transient('source_unavailable')),
    entry('maintenance', text(503, '<html>Scheduled maintenance</html>'), transient('source_unavailable')),
    entry('no credential', text(401), permanent('credential_refused')),
    entry('no privilege', json(403, { title: 'Forbidden', status: '403' }), permanent('credential_refused')),
    entry('a path that is not there', text(404), permanent('source_endpoint_unknown')),
    entry(
      'row locked',
      said('ORA-00054', 'resource busy and acquire with NOWAIT specified or timeout expired'),
      transient('source_record_locked'),
    ),
    entry('deadlock', said('ORA-00060', 'deadlock detected while waiting for resource'), transient('source_record_locked')),
    entry(
      'not serializable',
      said('ORA-08177', "can't serialize access for this transaction"),
      transient('source_record_locked'),
    ),
    entry(
      'snapshot too old',
      said('ORA-01555', 'snapshot too old: rollback segment number 9 too small'),
      transient('source_unavailable'),
    ),
    entry('starting up', said('ORA-01033', 'ORACLE initialization or shutdown in progress'), transient('source_unavailable')),
    entry(
      'listener without the service',
      said('ORA-12514', 'listener does not currently know of service'),
      transient('source_unavailable'),
    ),
    entry('no listener', said('ORA-12541', 'no listener'), transient('source_unreachable')),
    entry('connect timeout', said('ORA-12170', 'Connect timeout occurred'), transient('source_timed_out')),
    entry('end of file on the channel', said('ORA-03113', 'end-of-file on communication channel'), transient('source_cut_short')),
    entry('wrong password', said('ORA-01017', 'invalid username/password; logon denied'), permanent('credential_refused')),
    entry('account locked', said('ORA-28000', 'the account is locked'), permanent('credential_refused')),
    entry('no right', said('ORA-01031', 'insufficient privileges'), permanent('credential_refused')),
    entry('table gone', said('ORA-00942', 'table or view does not exist'), permanent('source_contract_changed')),
    entry('column gone', said('ORA-00904', '"SEGMENT9": invalid identifier'), permanent('source_contract_changed')),
    entry('a bare 400, as the wrong notation of a query gets it', text(400), permanent('source_refused')),
    // What nobody can tell.
    entry('submission refused, number -1', json(201, { ReqstId: '-1', OperationName: 'importBulkData' }), unclassified),
    entry('import that ended in an error', job('ERROR'), unclassified),
    entry(
      'another child with a warning',
      child('Upload Interface Error and Job Output File to Universal Content Management', 'WARNING'),
      unclassified,
    ),
    entry(
      'unique key broken: a duplicate document, or a defect',
      said('ORA-00001', 'unique constraint (GL.JE_U1) violated'),
      unclassified,
    ),
    entry('the error for anything', said('ORA-00600', 'internal error code'), unclassified),
    entry('a trigger of the customer', said('ORA-20001', 'Period is locked by treasury'), unclassified),
    entry('a detail of its own under 400', rest(400, '27014', 'Attribute LedgerId is required.'), unclassified),
    entry(
      'a warning that was accepted',
      said('WU01', 'This journal entry is unbalanced. It is accepted because suspense posting is allowed.'),
      unclassified,
    ),
    entry(
      'period words in a code of another family',
      said('XLA-95103', 'The date is not in an open period, timeout expired'),
      unclassified,
    ),
  ],
}
