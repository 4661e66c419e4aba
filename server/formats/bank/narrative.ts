import type { EntryFacts } from '#server/formats/bank/statement-writer.ts'

/** SWIFT gives :86: six lines of 65; some banks send more. */
const STRUCTURED = /^(\d{3})([?<>/])(?=\d\d)/
const REMITTANCE = /^(2\d|6[0-3])$/
const NAME = /^3[23]$/
/** SEPA words inside the text, as German banks write them: EREF+ABC MREF+DEF SVWZ+Rent. */
const SEPA = /(?:^|\s)?(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+/g

/** What :86: says. German banks number its parts: ?20 to ?29 and ?60 to ?63 the text, ?30 and ?31 the other bank and account, ?32 and ?33 the name. */
export function narrativeFacts(lines: readonly string[]): EntryFacts {
  const text = lines.join('\n')
  const joined = lines.join('')
  const [start, code = '', mark = '?'] = STRUCTURED.exec(joined) ?? []
  if (start === undefined) return { narrative: text, remittance: lines.join(' ').trim(), ...sepaFacts(lines.join(' ')) }
  const parts = joined.slice(code.length).split(new RegExp(`\\${mark}(?=\\d\\d)`))
  const of = (pattern: RegExp) => parts.filter((part) => pattern.test(part.slice(0, 2))).map((part) => part.slice(2))
  const remittance = of(REMITTANCE).join('')
  return {
    narrative: text,
    transaction_code: code,
    counterparty_bank: of(/^30$/).join(''),
    counterparty_account: of(/^31$/).join(''),
    counterparty_name: of(NAME).join('').trim(),
    remittance: remittance.trim(),
    return_reason: of(/^34$/).join(''),
    ...sepaFacts(remittance),
  }
}

function sepaFacts(text: string): EntryFacts {
  const found = [...text.matchAll(SEPA)]
  if (found.length === 0) return {}
  const said = new Map(
    found.map(
      (match, i) => [match[1]!, text.slice(match.index + match[0].length, found[i + 1]?.index ?? text.length).trim()] as const,
    ),
  )
  const named: EntryFacts = {}
  const endToEnd = said.get('EREF')
  const mandate = said.get('MREF')
  const remittance = said.get('SVWZ')
  if (endToEnd) named.end_to_end_id = endToEnd
  if (mandate) named.mandate_id = mandate
  if (remittance) named.remittance = remittance
  return named
}
