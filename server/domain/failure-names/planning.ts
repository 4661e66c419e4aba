import type { VendorNames } from './vendor-names.ts'

export const WORKDAY: VendorNames = {
  facts: [
    {
      from: 'contract card Workday, "Technical or business?"',
      codes: {
        'SOAP-ENV:Client.authenticationError': 'credential_refused',
        S21: 'source_endpoint_unknown',
      },
      phrases: {
        "Validation error occurred. Invalid ID value. '*' is not a valid ID value for type = '*'": 'refused_member_unknown',
        "Invalid ID value. '*' is not a valid ID value for type = '*'": 'refused_member_unknown',
        'invalid username or password': 'credential_refused',
        'Invalid Access Token': 'credential_refused',
        'Page Number cannot be zero': 'source_refused',
        'Processing error occurred. The task submitted is not authorized': 'credential_refused',
        'The task submitted is not authorized': 'credential_refused',
      },
      kinds: { 'SOAP-ENV:Client.validationError': 'refused_by_rule' },
    },
  ],
  // Business faults come as 500, and what is over a limit may too.
  opaque: [400, 409, 412, 422, 500],
}

export const ANAPLAN: VendorNames = {
  facts: [
    {
      from: 'contract card Anaplan, table of signals',
      kinds: { 'task/unsuccessful': 'refused_rows' },
    },
  ],
  opaque: [400, 412],
  statuses: {
    // Busy, and locked while somebody works on the model.
    409: 'source_record_locked',
    423: 'source_record_locked',
    // The model was archived.
    422: 'source_endpoint_unknown',
  },
}

export const ADAPTIVE: VendorNames = {
  facts: [
    {
      from: 'contract card Workday Adaptive Planning: failures come with status 200, only key and text tell',
      codes: { 'error-authentication-failure': 'credential_refused' },
    },
  ],
  opaque: [200, 400, 409, 412, 422],
}

export const KINAXIS: VendorNames = {
  facts: [
    {
      from: 'contract card Kinaxis, bulk upload and errors',
      kinds: { 'Partial Success': 'refused_rows', ErrorRowCount: 'refused_rows' },
    },
  ],
  opaque: [200, 400, 409, 412, 422],
}

export const COUPA: VendorNames = {
  facts: [
    {
      from: 'contract card Coupa: 400 with errors by field is validation; an empty XML list answers 404',
      phrases: {
        "* can't be blank": 'refused_value_missing',
        '* has already been taken': 'refused_document_duplicate',
      },
      kinds: { 'errors by field': 'refused_by_rule' },
    },
  ],
  opaque: [400, 404, 409, 412, 422],
}
