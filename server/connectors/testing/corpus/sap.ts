import { business, entry, json, permanent, said, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const odata = (status: number, code: string, message: string, ...details: string[]): Arrives =>
  json(status, {
    error: {
      code,
      message: { lang: 'en', value: message },
      innererror: {
        application: { component_id: 'FI', service_namespace: '/SAP/', service_version: '0001' },
        errordetails: details.map((detail) => ({ code: detail, message: '', propertyref: '', severity: 'error' })),
      },
    },
  })
const log = (severity: number, items: readonly [string, string][]): Arrives =>
  text(
    200,
    `<?xml version="1.0"?><soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body><n0:JournalEntryBulkCreateConfirmation xmlns:n0="http://sap.com/xi/SAPSCORE/SFIN"><JournalEntryCreateConfirmation><JournalEntryCreateConfirmation><AccountingDocument>0000000000</AccountingDocument><FiscalYear>0000</FiscalYear></JournalEntryCreateConfirmation><Log><MaximumLogItemSeverityCode>${severity}</MaximumLogItemSeverityCode>${items.map(([type, note]) => `<Item><TypeID>${type}</TypeID><SeverityCode>${severity}</SeverityCode><Note>${note}</Note></Item>`).join('')}</Log></JournalEntryCreateConfirmation></n0:JournalEntryBulkCreateConfirmation></soap-env:Body></soap-env:Envelope>`,
  )
const FAILED: [string, string] = ['609(RW)', 'Error in document: BKPFF $ TOWER']

export const SAP_CORPUS: Corpus = {
  vendor: 'sap',
  from: 'contract card SAP S/4HANA; SAP message classes (public lists)',
  entries: [
    entry(
      'closed period over OData',
      odata(400, 'F5/201', 'Posting period 003 2026 is not open'),
      business('refused_period_closed'),
    ),
    entry('the same as 500', odata(500, 'F5/201', 'Posting period 012 2025 is not open'), business('refused_period_closed')),
    entry(
      'closed period by its words only',
      odata(400, '', 'Posting period 003 2026 is not open'),
      business('refused_period_closed'),
    ),
    entry(
      'closed period under a business exception',
      odata(400, '/IWBEP/CX_MGW_BUSI_EXCEPTION', 'Error', 'F5/201'),
      business('refused_period_closed'),
    ),
    entry(
      'account not in the chart',
      odata(400, 'F5/507', 'G/L account 0061000000 is not defined in chart of accounts YCOA'),
      business('refused_member_unknown'),
    ),
    entry(
      'account that does not exist',
      odata(400, 'FH/004', 'Account 0061009999 does not exist'),
      business('refused_member_unknown'),
    ),
    entry(
      'customer of another company',
      odata(400, 'F5/102', 'Customer 10000001 is not defined in company code 1010'),
      business('refused_member_unknown'),
    ),
    entry(
      'vendor of another company',
      odata(400, 'F5/104', 'Vendor 20000001 is not defined in company code 1010'),
      business('refused_member_unknown'),
    ),
    entry(
      'blocked cost centre',
      odata(400, 'KI/999', 'Cost center 1000/CC100 is locked for primary postings'),
      business('refused_member_inactive'),
    ),
    entry(
      'cost centre before it is valid',
      odata(400, '', 'Cost center 1000/CC900 does not exist on 03/31/2026'),
      business('refused_member_unknown'),
    ),
    entry('unbalanced', odata(400, 'F5/702', 'Balance in transaction currency'), business('refused_document_unbalanced')),
    entry(
      'clearing difference',
      odata(400, 'F5/263', 'The difference is too large for clearing'),
      business('refused_document_unbalanced'),
    ),
    entry(
      'required field',
      odata(400, 'F5/808', 'Field Text is a required field for G/L account 1010 61000000'),
      business('refused_value_missing'),
    ),
    entry(
      'no cost object',
      odata(400, 'KI/235', 'Account 61000000 requires an assignment to a CO object'),
      business('refused_value_missing'),
    ),
    entry(
      'balancing field',
      odata(400, 'GLT2/201', 'Balancing field "Profit Center" in line item 001 not filled'),
      business('refused_value_missing'),
    ),
    entry(
      'missing rate',
      odata(400, 'SG/105', 'Enter rate GBP / EUR rate type M for 31.03.2026 in the system settings'),
      business('refused_currency'),
    ),
    entry('budget', odata(400, 'BP/603', 'Annual budget exceeded by 1,200.00 EUR'), business('refused_budget')),
    entry(
      'availability control',
      said('FMAVC/005', 'Annual budget exceeded by 100.00 EUR (FM PB 01)'),
      business('refused_budget'),
    ),
    entry(
      'a rule of the service',
      odata(400, '/IWBEP/CX_MGW_BUSI_EXCEPTION', 'Plan data of a frozen version'),
      business('refused_by_rule'),
    ),
    entry(
      'invoice entered before',
      said('M8/108', 'Check if invoice already entered under accounting doc. no. 5100000012 2026'),
      business('refused_document_duplicate'),
    ),
    entry(
      'journal refused in a 200',
      log(3, [FAILED, ['201(F5)', 'Posting period 003 2026 is not open']]),
      business('refused_period_closed'),
    ),
    entry(
      'journal refused, unbalanced',
      log(3, [FAILED, ['702(F5)', 'Balance in transaction currency']]),
      business('refused_document_unbalanced'),
    ),
    entry(
      'journal refused for an unknown reason',
      log(3, [FAILED, ['123(ZFI)', 'Rule 7 of the group is not met']]),
      business('refused_by_rule'),
    ),
    entry(
      'locked by a user',
      odata(400, 'MC/601', 'Object requested is currently locked by user MMEYER'),
      transient('source_record_locked'),
    ),
    entry(
      'plant data locked',
      said('M3/897', 'The plant data of material 4711 is locked by the user MMEYER'),
      transient('source_record_locked'),
    ),
    entry(
      'order in use',
      odata(400, 'ME/006', 'User MMEYER already processing purchase order 4500000012'),
      transient('source_record_locked'),
    ),
    entry(
      'technical exception',
      odata(500, '/IWBEP/CX_MGW_TECH_EXCEPTION', 'An exception was raised'),
      transient('source_unavailable'),
    ),
    entry(
      'dump of a server',
      text(500, '<html><head><title>500 Internal Server Error</title></head><body>ABAP runtime error</body></html>'),
      transient('source_unavailable'),
    ),
    entry(
      'dispatcher busy',
      text(503, '<html><body>Service Unavailable: dispatcher queue full</body></html>'),
      transient('source_unavailable'),
    ),
    entry('gateway', text(504), transient('source_unavailable')),
    entry(
      'no service of that name',
      odata(403, '/IWFND/MED/170', "No service found for namespace '', name 'ZGL', version '0001'"),
      permanent('source_endpoint_unknown'),
    ),
    entry(
      'function the service lacks',
      odata(501, '/IWBEP/CM_MGW_RT/021', "Method 'X' not implemented in data provider class"),
      permanent('source_endpoint_unknown'),
    ),
    entry(
      'a text where a date belongs',
      odata(400, '005056A509B11EE1BB8AF4A65EC3CA20', "Invalid parametertype used at function 'eq' (Position: 12)"),
      permanent('source_refused'),
    ),
    entry('no credential', text(401, '<html><body>Logon failed</body></html>'), permanent('credential_refused')),
    entry('the token for writing ran out', text(403, 'CSRF token validation failed'), permanent('credential_refused')),
    entry('user without the right', text(403), permanent('credential_refused')),
    entry(
      'IDoc with a syntax error',
      said('IDOC/60', 'Error during syntax check of IDoc (inbound)'),
      permanent('source_contract_changed'),
    ),
    entry('IDoc that was not sent', said('IDOC/02', 'Error passing data to port'), transient('source_unreachable')),
    entry(
      'IDoc refused for a closed period',
      { codes: ['IDOC/51', 'F5/201'], texts: ['Posting period 003 2026 is not open'] },
      business('refused_period_closed'),
    ),
    entry(
      'IDoc that met a lock',
      { codes: ['IDOC/51', 'MC/601'], texts: ['Object requested is currently locked by user BATCH'] },
      transient('source_record_locked'),
    ),
    entry(
      'BAPI message, class and number apart',
      json(400, { RETURN: [{ TYPE: 'E', ID: 'F5', NUMBER: '201', MESSAGE: 'Posting period 003 2026 is not open' }] }),
      business('refused_period_closed'),
    ),
    // What nobody can tell.
    entry('IDoc refused, its messages unread', said('IDOC/51', 'Application document not posted'), unclassified),
    entry('a message of the customer', odata(400, 'ZFI/123', 'Rule 7 of the group is not met'), unclassified),
    entry('a generic exception', odata(500, 'SY/530', 'An exception was raised'), unclassified),
    entry('the message that says nothing', odata(400, '00/001', 'Error'), unclassified),
    entry(
      'words that only sound like a timeout',
      odata(400, 'ZHR/007', 'Timeout of the contract of vendor 4711 is not maintained'),
      unclassified,
    ),
    entry(
      'a closed period in passing',
      odata(400, 'ZFI/200', 'Please ask the controller whether the posting period is not open'),
      unclassified,
    ),
    entry('a lock and a closed period at once', odata(400, 'ZZ/000', 'Two errors', 'MC/601', 'F5/201'), unclassified),
    entry('a 403 in words nobody knows', odata(403, 'ZAUTH/001', 'Blocked by the workflow of the month end'), unclassified),
  ],
}
