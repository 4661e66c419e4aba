import type { VendorNames } from './vendor-names.ts'

/** Dynamics 365 Finance: the parts of an Infolog are texts of their own. */
export const DYNAMICS: VendorNames = {
  facts: [
    {
      from: 'contract card Dynamics 365 Finance & Operations, "Throttling and errors"',
      phrases: {
        'Number of requests exeeded the limit of * over the time window of * seconds': 'source_throttled',
        'Number of requests exceeded the limit of * over the time window of * seconds': 'source_throttled',
        'Number of concurrent requests exceeded the limit of *': 'source_throttled',
        'Combined execution time of incoming requests exceeded limit of * seconds over time window of * seconds. *':
          'source_throttled',
        'This request could not be processed at this time due to system experiencing high resource utilization':
          'source_throttled',
        'Cannot edit a record in *. An update conflict occurred due to another user process *': 'source_record_locked',
      },
      kinds: { PartiallySucceeded: 'refused_rows' },
    },
    {
      from: 'Microsoft Learn, troubleshoot Dynamics 365 Finance, general ledger',
      phrases: {
        "The transactions on a specific voucher don't balance as of a certain date (*)": 'refused_document_unbalanced',
        'The transactions on voucher * do not balance as per *': 'refused_document_unbalanced',
      },
    },
  ],
  opaque: [400, 409, 422, 500],
  statuses: { 412: 'source_record_locked' },
}

export const POWERBI: VendorNames = {
  facts: [
    {
      from: 'contract card Power BI, "Refresh" and "Errors"',
      codes: {
        TokenExpired: 'credential_refused',
        PowerBINotAuthorizedException: 'credential_refused',
        ModelRefreshFailed_CredentialsNotSpecified: 'credential_refused',
      },
    },
    {
      from: 'Microsoft Learn, Power BI refresh and gateway error codes',
      codes: {
        DM_GWPipeline_Gateway_DataSourceAccessError: 'credential_refused',
        DM_GWPipeline_Client_GatewayUnreachable: 'source_unreachable',
        DM_GWPipeline_Gateway_TimeoutError: 'source_timed_out',
      },
    },
  ],
  opaque: [400, 403, 409, 412, 422],
}
