import type { VendorNames } from './vendor-names.ts'

export const SNOWFLAKE: VendorNames = {
  facts: [
    {
      from: 'contract card Snowflake, "Failure codes"',
      codes: {
        '390100': 'credential_refused',
        '390144': 'credential_refused',
        '394300': 'credential_refused',
        '394304': 'credential_refused',
        '394306': 'credential_refused',
        '390104': 'credential_refused',
        '390111': 'credential_refused',
        '390112': 'credential_refused',
        '390114': 'credential_refused',
        '390195': 'credential_refused',
        '390303': 'credential_refused',
        '390318': 'credential_refused',
        '100037': 'refused_value_invalid',
        '100038': 'refused_value_invalid',
        '001003': 'source_refused',
        '002003': 'source_contract_changed',
        '002043': 'source_contract_changed',
        '391903': 'source_refused',
        '391908': 'source_refused',
        '391911': 'source_refused',
        '000008': 'source_refused',
      },
      kinds: { 'PARTIALLY LOADED': 'refused_rows' },
    },
  ],
  opaque: [200, 400, 409, 412, 422],
}

/** Of an SFTP client; a failure of the server is the number 4 whatever it was, and says nothing. */
export const SFTP: VendorNames = {
  facts: [
    {
      from: 'contract card "SFTP managed files and PGP"',
      codes: {
        '2': 'source_not_found',
        '3': 'credential_refused',
        ECONNREFUSED: 'source_unreachable',
        ECONNRESET: 'source_unreachable',
      },
      phrases: {
        'All configured authentication methods failed': 'credential_refused',
        'Host denied (verification failed)': 'source_certificate_refused',
        'Modification detected': 'file_malformed',
      },
    },
  ],
  opaque: [],
}
