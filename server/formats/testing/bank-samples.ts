/** Bank files of a company that does not exist, all invented: what is in them is known, so that it can be compared. */
export type CamtEntry = {
  readonly amount: string
  readonly direction?: 'CRDT' | 'DBIT'
  readonly status?: string
  readonly reference?: string
  readonly booked?: string
  readonly value?: string
  readonly reversal?: boolean
  readonly currency?: string
  readonly name?: string
  readonly text?: string
  readonly endToEnd?: string
  /** Amounts of its transaction details, instead of one without. */
  readonly details?: readonly string[]
}
export type CamtStatement = {
  readonly id?: string
  readonly account?: string
  readonly currency?: string
  readonly sequence?: number
  readonly page?: readonly [number, isLast: boolean]
  readonly copy?: string
  readonly opening?: string
  readonly closing?: string
  readonly balances?: string
  readonly summary?: string
  readonly entries: readonly CamtEntry[]
}

const sideOf = (amount: string) => (amount.startsWith('-') ? 'DBIT' : 'CRDT')

export const camtBalance = (code: string, amount: string, currency = 'EUR', on = '2026-10-31') =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount.replace('-', '')}</Amt><CdtDbtInd>${sideOf(amount)}</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`

/** One file in the words of a version: 2, 3, 4 or 8 and later. */
export function camtFile(statements: readonly CamtStatement[], version = '08', prefix = ''): string {
  const body = statements.map((statement) => statementOf(statement, Number(version))).join('\n')
  const text = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-01T06:00:00</CreDtTm></GrpHdr>
${body}
</BkToCstmrStmt></Document>`
  if (prefix === '') return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`
  return text.replace('xmlns=', `xmlns:${prefix}=`).replace(/<(\/?)(?=[A-Z])/g, `<$1${prefix}:`)
}

function statementOf(statement: CamtStatement, version: number): string {
  const { id = 'STMT-210', account = 'DE02100100100006820101', currency = 'EUR', sequence, page, copy, entries } = statement
  const { opening = '1000.00', closing = '1000.00', summary = '' } = statement
  const balances =
    statement.balances ?? camtBalance('OPBD', opening, currency, '2026-10-30') + camtBalance('CLBD', closing, currency)
  const pagination = page ? `<StmtPgntn><PgNb>${page[0]}</PgNb><LastPgInd>${page[1]}</LastPgInd></StmtPgntn>` : ''
  return `<Stmt><Id>${id}</Id>${pagination}${sequence === undefined ? '' : `<ElctrncSeqNb>${sequence}</ElctrncSeqNb>`}\
<CreDtTm>2026-11-01T05:59:00</CreDtTm>${copy ? `<CpyDplctInd>${copy}</CpyDplctInd>` : ''}
<Acct><Id><IBAN>${account}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
${balances}
${summary}
${entries.map((entry) => entryOf(entry, version, currency)).join('\n')}
</Stmt>`
}

function entryOf(entry: CamtEntry, version: number, statementCurrency: string): string {
  const {
    amount,
    status = 'BOOK',
    reference = '',
    booked = '2026-10-31',
    value = '2026-10-31',
    currency = statementCurrency,
  } = entry
  const direction = entry.direction ?? sideOf(amount)
  const plain = amount.replace('-', '')
  const sts = version >= 4 ? `<Sts><Cd>${status}</Cd></Sts>` : `<Sts>${status}</Sts>`
  const details = (entry.details ?? []).map((part, i) => detailOf(entry, version, currency, part, `${reference}-${i + 1}`))
  const one = entry.name || entry.text || entry.endToEnd ? [detailOf(entry, version, currency, null, '')] : []
  return `<Ntry><Amt Ccy="${currency}">${plain}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${entry.reversal ? '<RvslInd>true</RvslInd>' : ''}${sts}
<BookgDt><Dt>${booked}</Dt></BookgDt><ValDt><Dt>${value}</Dt></ValDt>${reference ? `<AcctSvcrRef>${reference}</AcctSvcrRef>` : ''}
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls>${(entry.details ? details : one).join('')}</NtryDtls></Ntry>`
}

function detailOf(entry: CamtEntry, version: number, currency: string, amount: string | null, reference: string): string {
  const name = `<Nm>${entry.name ?? 'Birkenfeld Handel'}</Nm>`
  const party = version >= 8 ? `<Pty>${name}</Pty>` : name
  const direction = entry.direction ?? sideOf(entry.amount)
  const who = direction === 'CRDT' ? 'Dbtr' : 'Cdtr'
  const bic = version >= 3 ? 'BICFI' : 'BIC'
  const size =
    amount === null ? '' : `<Amt Ccy="${currency}">${amount.replace('-', '')}</Amt><CdtDbtInd>${sideOf(amount)}</CdtDbtInd>`
  const old = amount === null ? '' : `<AmtDtls><TxAmt><Amt Ccy="${currency}">${amount.replace('-', '')}</Amt></TxAmt></AmtDtls>`
  return `<TxDtls><Refs>${reference ? `<AcctSvcrRef>${reference}</AcctSvcrRef>` : ''}<EndToEndId>${entry.endToEnd ?? 'E2E-1'}</EndToEndId></Refs>${version >= 4 ? size : old}
<RltdPties><${who}>${party}</${who}><${who}Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></${who}Acct></RltdPties>
<RltdAgts><${who}Agt><FinInstnId><${bic}>COBADEFFXXX</${bic}></FinInstnId></${who}Agt></RltdAgts>
<RmtInf><Ustrd>${entry.text ?? 'Invoice'}</Ustrd><Ustrd>4711</Ustrd></RmtInf></TxDtls>`
}

export const MT940_SAMPLE = `:20:STMT261031
:25:10010010/0006820101
:28C:00210/001
:60F:C261030EUR1000,00
:61:2610311031C250,50NTRFINV-1001//BR0001
/OCMT/EUR250,50
:86:166?00GUTSCHRIFT?20EREF+E2E-77 SVWZ+Invo?21ice 1001?30COBADEFFXXX?31DE893
70400440532013000?32Birkenfeld?33 Handel
:61:2610311031D100,00NCHGNONREF//BR0002
:86:MONTHLY FEE
:62F:C261031EUR1150,50
:64:C261031EUR1150,50
-
`

export const BAI2_SAMPLE = `01,BANKUS33,TORVANE,261031,2400,1,80,1,2/
02,TORVANE,021000021,1,261031,2400,USD,2/
03,4401220,USD,010,10000000,,,015,10125000,,/
88,100,150000,2,Z,400,25000,1,Z/
16,142,100000,Z,BR1,INV-1001,ACH CREDIT, LOT 7/8
16,195,50000,Z,BR2,,WIRE IN/
16,451,25000,Z,BR3,PAY77,ACH DEBIT
49,20475000,6/
98,20475000,1,8/
99,20475000,1,10/
`
