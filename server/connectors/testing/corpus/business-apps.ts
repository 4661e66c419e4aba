import { business, entry, json, permanent, text, transient, unclassified, type Arrives, type Corpus } from './entry.ts'

const sf = (status: number, errorCode: string, message: string): Arrives => json(status, [{ message, errorCode, fields: [] }])

export const SALESFORCE_CORPUS: Corpus = {
  vendor: 'salesforce',
  from: 'contract card Salesforce, "Errors, limits, idempotency"; SOAP API guide, status codes',
  entries: [
    entry(
      'a 403 that is a limit',
      sf(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      transient('source_throttled'),
    ),
    entry(
      'row locked, as 400',
      sf(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'),
      transient('source_record_locked'),
    ),
    entry(
      'query timeout, as 400',
      sf(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'),
      transient('source_timed_out'),
    ),
    entry('unavailable', sf(503, 'SERVER_UNAVAILABLE', 'We are down for maintenance.'), transient('source_unavailable')),
    entry('page of the edge', text(503, '<html>We are down</html>'), transient('source_unavailable')),
    entry(
      'a validation rule that speaks of a limit',
      sf(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Rate limit exceeded for this customer'),
      business('refused_by_rule'),
    ),
    entry(
      'required field',
      sf(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [CloseDate]'),
      business('refused_value_missing'),
    ),
    entry('duplicate', sf(400, 'DUPLICATES_DETECTED', 'Use one of these records?'), business('refused_document_duplicate')),
    entry('deleted', sf(404, 'ENTITY_IS_DELETED', 'entity is deleted'), business('refused_document_final')),
    entry('reference', sf(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'), business('refused_member_unknown')),
    entry(
      'owner inactive',
      sf(400, 'INACTIVE_OWNER_OR_USER', 'operation performed with inactive user'),
      business('refused_member_inactive'),
    ),
    entry(
      'one of a collection, in a 200',
      json(200, [
        { success: true, id: '1', errors: [] },
        { success: false, errors: [{ statusCode: 'DUPLICATE_VALUE', message: 'duplicate value found' }] },
      ]),
      business('refused_document_duplicate'),
    ),
    entry('session over', sf(401, 'INVALID_SESSION_ID', 'Session expired or invalid'), permanent('credential_refused')),
    entry(
      'grant',
      json(400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }),
      permanent('credential_refused'),
    ),
    entry(
      'field gone',
      sf(400, 'INVALID_FIELD', "No such column 'Amount__c' on entity 'Opportunity'"),
      permanent('source_contract_changed'),
    ),
    entry('query malformed', sf(400, 'MALFORMED_QUERY', 'unexpected token'), permanent('source_refused')),
    entry('not there', sf(404, 'NOT_FOUND', 'The requested resource does not exist'), permanent('source_endpoint_unknown')),
    entry('a restriction of many kinds', sf(400, 'API_ERROR', 'Implementation restriction: ...'), unclassified),
    entry('a 403 in another code', sf(403, 'FUNCTIONALITY_NOT_ENABLED', 'not enabled'), unclassified),
    entry('the code for anything', sf(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred.'), unclassified),
  ],
}

const stripe = (status: number, error: object): Arrives => json(status, { error })

export const STRIPE_CORPUS: Corpus = {
  vendor: 'stripe',
  from: 'contract card Stripe, "Errors, retry, limits"',
  entries: [
    entry(
      'card declined',
      stripe(402, {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card has insufficient funds.',
      }),
      business('refused_payment'),
    ),
    entry(
      'card expired',
      stripe(402, { type: 'card_error', code: 'expired_card', message: 'Your card has expired.' }),
      business('refused_payment'),
    ),
    entry(
      'declined for a reason nobody knows',
      stripe(402, { type: 'card_error', code: 'some_new_code', message: 'Declined' }),
      business('refused_payment'),
    ),
    entry(
      'card error says timeout',
      stripe(402, { type: 'card_error', code: 'processing_error', message: 'timeout at the issuer' }),
      business('refused_payment'),
    ),
    entry(
      'lock',
      stripe(429, { type: 'invalid_request_error', code: 'lock_timeout', message: 'This object cannot be accessed right now' }),
      transient('source_record_locked'),
    ),
    entry('limit', stripe(429, { code: 'rate_limit', message: 'Too many requests' }), transient('source_throttled')),
    entry('key in use', stripe(409, { type: 'api_error', message: 'in flight' }), transient('source_record_locked')),
    entry('server', stripe(500, { type: 'api_error', message: 'Something went wrong' }), transient('source_unavailable')),
    entry('key', stripe(401, { type: 'authentication_error', message: 'Invalid API Key' }), permanent('credential_refused')),
    entry('permission', stripe(403, { code: 'more_permissions_required', message: 'x' }), permanent('credential_refused')),
    entry(
      'bad call',
      stripe(400, { type: 'invalid_request_error', code: 'parameter_unknown', message: 'Received unknown parameter' }),
      permanent('source_refused'),
    ),
    entry(
      'same key, other parameters',
      stripe(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used once' }),
      permanent('source_refused'),
    ),
    entry('402 without a type', stripe(402, { message: 'Request failed' }), unclassified),
  ],
}

const failed = (errorCode: string): Arrives =>
  json(200, { value: [{ requestId: 'r', status: 'Failed', serviceExceptionJson: JSON.stringify({ errorCode }) }] })

export const POWERBI_CORPUS: Corpus = {
  vendor: 'powerbi',
  from: 'contract card Power BI; Microsoft Learn, refresh and gateway errors',
  entries: [
    entry(
      'token, as 403',
      json(403, { error: { code: 'TokenExpired', message: 'Access token has expired' } }),
      permanent('credential_refused'),
    ),
    entry('not authorised', json(403, { error: { code: 'PowerBINotAuthorizedException' } }), permanent('credential_refused')),
    entry(
      'credentials of a refresh, in a 200',
      failed('ModelRefreshFailed_CredentialsNotSpecified'),
      permanent('credential_refused'),
    ),
    entry('gateway unreachable, in a 200', failed('DM_GWPipeline_Client_GatewayUnreachable'), transient('source_unreachable')),
    entry('gateway timeout, in a 200', failed('DM_GWPipeline_Gateway_TimeoutError'), transient('source_timed_out')),
    entry('throttled', text(429), transient('source_throttled')),
    entry('refresh failed for the model', failed('ModelRefresh_ShortMessage_ProcessingError'), unclassified),
    entry('403 in another code', json(403, { error: { code: 'DailyLimit', message: 'x' } }), unclassified),
  ],
}

const tryton = (kind: string, message: string): Arrives => json(200, { id: 1, error: [kind, [message, '', null]] })

export const TRYTON_CORPUS: Corpus = {
  vendor: 'tryton',
  from: 'contract card "Real ERP / ledger / database peers"; message texts of the account module',
  entries: [
    entry('posted', tryton('UserError', 'You cannot modify posted move "2026-0042".'), business('refused_document_final')),
    entry(
      'closed',
      tryton('UserError', 'To continue, you must reopen the period "2026-03" of company "Aldermoor" for the date "2026-03-31".'),
      business('refused_period_closed'),
    ),
    entry(
      'another refusal',
      tryton('UserError', 'The credit line exceeds the limit, timeout or not.'),
      business('refused_by_rule'),
    ),
    entry('session gone', text(401), permanent('credential_refused')),
    entry('server', text(500), transient('source_unavailable')),
    entry('an error of another kind', tryton('KeyError', "'account'"), unclassified),
  ],
}
