import type { VendorNames } from './vendor-names.ts'

export const SALESFORCE: VendorNames = {
  facts: [
    {
      from: 'contract card Salesforce, "Errors, limits, idempotency"',
      codes: {
        INVALID_SESSION_ID: 'credential_refused',
        REQUEST_LIMIT_EXCEEDED: 'source_throttled',
        MALFORMED_QUERY: 'source_refused',
        INVALID_FIELD: 'source_contract_changed',
        INVALID_TYPE: 'source_contract_changed',
        NOT_FOUND: 'source_endpoint_unknown',
        QUERY_TIMEOUT: 'source_timed_out',
        FIELD_CUSTOM_VALIDATION_EXCEPTION: 'refused_by_rule',
        REQUIRED_FIELD_MISSING: 'refused_value_missing',
        DUPLICATES_DETECTED: 'refused_document_duplicate',
        ENTITY_IS_DELETED: 'refused_document_final',
        UNABLE_TO_LOCK_ROW: 'source_record_locked',
      },
      phrases: {
        'expired access/refresh token': 'credential_refused',
        "user hasn't approved this consumer": 'credential_refused',
      },
    },
    {
      from: 'Salesforce SOAP API guide, status codes and exception codes',
      codes: {
        SERVER_UNAVAILABLE: 'source_unavailable',
        DUPLICATE_VALUE: 'refused_document_duplicate',
        INVALID_CROSS_REFERENCE_KEY: 'refused_member_unknown',
        STRING_TOO_LONG: 'refused_value_invalid',
        INSUFFICIENT_ACCESS_OR_READONLY: 'credential_refused',
        API_DISABLED_FOR_ORG: 'credential_refused',
        INACTIVE_OWNER_OR_USER: 'refused_member_inactive',
      },
    },
  ],
  opaque: [400, 403, 404, 409, 412, 422, 500],
}

export const STRIPE: VendorNames = {
  facts: [
    {
      from: 'contract card Stripe, "Errors, retry, limits"',
      codes: {
        card_declined: 'refused_payment',
        insufficient_funds: 'refused_payment',
        expired_card: 'refused_payment',
        lock_timeout: 'source_record_locked',
        rate_limit: 'source_throttled',
        more_permissions_required: 'credential_refused',
        account_invalid: 'credential_refused',
        idempotency_error: 'source_refused',
      },
      kinds: { card_error: 'refused_payment', invalid_request_error: 'source_refused' },
    },
  ],
  opaque: [402],
  statuses: { 402: 'refused_payment', 409: 'source_record_locked' },
}

export const TRYTON: VendorNames = {
  facts: [
    {
      from: 'contract card "Real ERP / ledger / database peers", Tryton: business errors come with status 200',
      phrases: {
        'You cannot modify posted move *': 'refused_document_final',
        'To continue, you must reopen the period "*" of company "*" for the date "*"': 'refused_period_closed',
        'To continue, you must create a period for the date "*" and company "*"': 'refused_period_closed',
      },
      kinds: { UserError: 'refused_by_rule', UserWarning: 'refused_by_rule' },
    },
  ],
  opaque: [200, 400, 409, 412, 422],
}
