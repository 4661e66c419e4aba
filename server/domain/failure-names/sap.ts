import type { VendorNames } from './vendor-names.ts'

/** Messages are written class/number, as OData does; SOAP says number(class), a BAPI class and number apart. */
export const SAP: VendorNames = {
  facts: [
    {
      from: 'contract card SAP S/4HANA, "Technical or business?"',
      codes: {
        'F5/201': 'refused_period_closed',
        'F5/507': 'refused_member_unknown',
        'FH/004': 'refused_member_unknown',
        'F5/102': 'refused_member_unknown',
        'F5/104': 'refused_member_unknown',
        // A literal of another type in a filter: what we ask is wrong.
        '005056A509B11EE1BB8AF4A65EC3CA20': 'source_refused',
      },
      phrases: {
        'Posting period * is not open': 'refused_period_closed',
        'Cost center * is locked for primary postings': 'refused_member_inactive',
        'Cost center * is locked for primary postings on *': 'refused_member_inactive',
        'Cost center * does not exist on *': 'refused_member_unknown',
        'CSRF token validation failed': 'credential_refused',
        'CSRF Token required': 'credential_refused',
      },
      kinds: {
        '/IWBEP/CX_MGW_BUSI_EXCEPTION': 'refused_by_rule',
        '/IWBEP/CX_MGW_TECH_EXCEPTION': 'source_unavailable',
        // The first item of a journal that was not posted; the causes follow it.
        'RW/609': 'refused_by_rule',
      },
    },
    {
      from: 'SAP message classes F5, KI, SG, GLT2, BP, FMAVC, ME, M3 (public lists)',
      codes: {
        'F5/702': 'refused_document_unbalanced',
        'F5/263': 'refused_document_unbalanced',
        'F5/808': 'refused_value_missing',
        'KI/235': 'refused_value_missing',
        'GLT2/201': 'refused_value_missing',
        'SG/105': 'refused_currency',
        'BP/603': 'refused_budget',
        'FMAVC/005': 'refused_budget',
        'ME/006': 'source_record_locked',
        'M3/897': 'source_record_locked',
        'MC/601': 'source_record_locked',
        'M8/108': 'refused_document_duplicate',
      },
      phrases: {
        'Balance in transaction currency': 'refused_document_unbalanced',
        'Account * requires an assignment to a CO object': 'refused_value_missing',
        'Enter rate * / * rate type * for * in the system settings': 'refused_currency',
        'Object requested is currently locked by user *': 'source_record_locked',
      },
    },
    {
      from: 'SAP Gateway message classes /IWFND/MED, /IWBEP/CM_MGW_RT (public lists)',
      codes: {
        '/IWFND/MED/170': 'source_endpoint_unknown',
        '/IWBEP/CM_MGW_RT/021': 'source_endpoint_unknown',
      },
    },
    {
      from: 'SAP IDoc status codes (public list); 51 says only that the application refused it, so its messages decide',
      codes: { 'IDOC/60': 'source_contract_changed', 'IDOC/56': 'source_contract_changed', 'IDOC/02': 'source_unreachable' },
    },
  ],
  opaque: [400, 403, 409, 412, 422, 500],
}
