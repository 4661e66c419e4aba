/** The elements of camt.053 that something is read from. */
export type CamtSection = 'message' | 'statement' | 'balance' | 'entry' | 'details'

/** A place in the document: what lies below it, the section it begins, the field it fills. */
export type CamtPlace = {
  readonly children: Map<string, CamtPlace>
  section?: CamtSection
  field?: { readonly section: CamtSection; readonly name: string }
}

const ENTRY = 'BkToCstmrStmt/Stmt/Ntry'
const either = (path: string, ...ends: string[]) => ends.map((end) => `${path}/${end}`)
/** Version 8 put a layer between a party and its name, and renamed the code of a bank. */
const party = (path: string) => [...either(`RltdPties/${path}`, 'Nm', 'Pty/Nm')]
const accountOf = (path: string) => either(`RltdPties/${path}/Id`, 'IBAN', 'Othr/Id')
const agent = (path: string) => either(`RltdAgts/${path}/FinInstnId`, 'BIC', 'BICFI', 'ClrSysMmbId/MmbId')
const code = (path: string) => [...either(`${path}/Domn`, 'Cd', 'Fmly/Cd', 'Fmly/SubFmlyCd'), `${path}/Prtry/Cd`]

/** camt.053.001.02 to .13: where they differ, both places are read. */
const SECTIONS: readonly (readonly [CamtSection, path: string, fields: readonly string[]])[] = [
  ['message', 'BkToCstmrStmt/GrpHdr', ['MsgId', 'MsgPgntn/PgNb', 'MsgPgntn/LastPgInd']],
  [
    'statement',
    'BkToCstmrStmt/Stmt',
    [
      ...[
        'Id',
        'StmtPgntn/PgNb',
        'StmtPgntn/LastPgInd',
        'ElctrncSeqNb',
        'LglSeqNb',
        'CpyDplctInd',
        'FrToDt/FrDtTm',
        'FrToDt/ToDtTm',
      ],
      ...['Acct/Id/IBAN', 'Acct/Id/Othr/Id', 'Acct/Ccy'],
      ...either(
        'TxsSummry/TtlNtries',
        'NbOfNtries',
        'Sum',
        'TtlNetNtryAmt',
        'CdtDbtInd',
        'TtlNetNtry/Amt',
        'TtlNetNtry/CdtDbtInd',
      ),
      ...either('TxsSummry/TtlCdtNtries', 'NbOfNtries', 'Sum'),
      ...either('TxsSummry/TtlDbtNtries', 'NbOfNtries', 'Sum'),
    ],
  ],
  ['balance', 'BkToCstmrStmt/Stmt/Bal', ['Tp/CdOrPrtry/Cd', 'Tp/CdOrPrtry/Prtry', 'Amt', 'CdtDbtInd', 'Dt/Dt', 'Dt/DtTm']],
  [
    'entry',
    ENTRY,
    [
      ...[
        'NtryRef',
        'Amt',
        'CdtDbtInd',
        'RvslInd',
        'Sts',
        'Sts/Cd',
        'Sts/Prtry',
        'AcctSvcrRef',
        'AddtlNtryInf',
        'AddtlInfInd/MsgId',
      ],
      ...['BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm', ...code('BkTxCd')],
    ],
  ],
  [
    'details',
    `${ENTRY}/NtryDtls/TxDtls`,
    [
      ...either(
        'Refs',
        'MsgId',
        'AcctSvcrRef',
        'PmtInfId',
        'InstrId',
        'EndToEndId',
        'TxId',
        'MndtId',
        'ChqNb',
        'UETR',
        'ClrSysRef',
      ),
      ...['Amt', 'CdtDbtInd', 'AmtDtls/TxAmt/Amt', ...code('BkTxCd')],
      ...[
        ...party('Dbtr'),
        ...party('Cdtr'),
        ...accountOf('DbtrAcct'),
        ...accountOf('CdtrAcct'),
        ...agent('DbtrAgt'),
        ...agent('CdtrAgt'),
      ],
      ...['RmtInf/Ustrd', 'RmtInf/Strd/CdtrRefInf/Ref', 'RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry', 'AddtlTxInf'],
    ],
  ],
]

/** Of these there may be several; they are joined. */
export const MAY_REPEAT: ReadonlySet<string> = new Set(['RmtInf/Ustrd', 'RmtInf/Strd/CdtrRefInf/Ref', 'RtrInf/Rsn/Cd'])

/** Below <Document>. */
export const CAMT_LAYOUT: CamtPlace = layout()

function layout(): CamtPlace {
  const root: CamtPlace = { children: new Map() }
  for (const [section, path, fields] of SECTIONS) {
    const place = placeAt(root, path)
    place.section = section
    for (const name of fields) placeAt(place, name).field = { section, name }
  }
  return root
}

function placeAt(from: CamtPlace, path: string): CamtPlace {
  return path.split('/').reduce((place, name) => {
    const next = place.children.get(name) ?? { children: new Map() }
    place.children.set(name, next)
    return next
  }, from)
}
