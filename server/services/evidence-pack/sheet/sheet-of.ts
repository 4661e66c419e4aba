import { minorDigitsOf } from '#server/domain/currency.ts'
import { addDecimals, parseAmount, formatMinor, subtractDecimals, sumDecimals } from '#server/domain/money.ts'
import { becauseWords } from '#server/domain/reconciliation/because-words.ts'
import { restsOf } from '#server/domain/reconciliation/standing.ts'
import { BUCKET_WORDS, BUCKETS, type SignOffAct } from '#server/domain/reconciliation/state.ts'
import type { SealBody } from '../../reconcile/seal.ts'
import type { Pack } from '../gather-pack.ts'
import { standsOf } from '../manifest.ts'
import type { Stood } from './index-of.ts'

const PARTS_SHOWN = 200
const EXPLANATIONS_SHOWN = 200

export type Sheet = ReturnType<typeof sheetOf>
type Figure = { readonly side: string; readonly accountGroup: string; readonly currency: string; readonly amount: string }

/** What the sheet says, in words and exact amounts; how it looks is another file. */
export function sheetOf(
  { body, known, reconciliation, certification, comparedAt, names }: Pack,
  { by, at }: { readonly by: string; readonly at: Date },
) {
  const { definition } = known
  const [first = '', ...others] = definition.sides.map(({ name }) => name)
  const groups = [...new Map(body.figures.map((figure) => [`${figure.accountGroup} ${figure.currency}`, figure])).values()]
  const figureOf = (side: string, of: Figure) =>
    body.figures.find((one) => one.side === side && one.accountGroup === of.accountGroup && one.currency === of.currency)
  const person = (signIn: string) => names.get(signIn) ?? (signIn === 'service:rule' ? 'its rule' : signIn)
  return {
    title: definition.title,
    of: `${reconciliation.entity}  ·  ${reconciliation.period}  ·  ${reconciliation.version}`,
    name: `${body.reconciliation.name}, version ${known.version}`,
    stands: standsOf({ certification }),
    facts: [
      ['As of publication', `${body.asOfPublication}`],
      ['Compared', instant(comparedAt)],
      ['Definition', `${body.reconciliation.name}, version ${known.version}`],
      ['Compared by', definition.key.map((field) => field.replace('_', ' ')).join(', ')],
      ['Tolerance', toleranceWords(definition.tolerance)],
      ['Certified', certification ? instant(certification.certifiedAt) : 'not certified'],
      ...(certification?.supersededAt ? [['Superseded', instant(certification.supersededAt)] as const] : []),
    ] as readonly (readonly [string, string])[],
    first,
    figures: groups.flatMap((group) =>
      [first, ...others].map((side) => {
        const own = figureOf(side, group)
        const amount = exact(own?.amount ?? '0', group.currency)
        return {
          group: group.accountGroup,
          side,
          isFirst: side === first,
          lines: own?.lines ?? 0,
          keys: own?.keys ?? 0,
          amount,
          difference:
            side === first ? null : subtractDecimals(amount, exact(figureOf(first, group)?.amount ?? '0', group.currency)),
          currency: group.currency,
        }
      }),
    ),
    differences: differencesOf(body, others),
    rests: restsOfBody(body, known.definition),
    parts: body.parts.slice(0, PARTS_SHOWN).map((part) => ({
      ...part,
      bucket: BUCKET_WORDS[part.bucket],
      because: becauseWords(part.because, { first, other: part.side }),
      key: keyWords(part.key),
    })),
    partsInAll: body.parts.length,
    explanations: body.explanations.slice(0, EXPLANATIONS_SHOWN).map((one) => ({
      ...one,
      key: keyWords(one.key),
      type: one.type.replaceAll('_', ' '),
      by: person(one.explainedBy),
      at: instant(one.explainedAt),
      file: body.evidence.find(({ sha256 }) => sha256 === one.evidence)?.name ?? null,
    })),
    explanationsInAll: body.explanations.length,
    matches: body.matches.map((match) => ({ ...match, rule: match.rule || 'joined by a person' })),
    evidence: body.evidence,
    statement: body.statement,
    signatures: body.signOffs.map(({ act, signedBy, signedAt, comment }) => ({
      act: ACT_WORDS[act],
      name: person(signedBy),
      signIn: signedBy,
      at: instant(signedAt),
      comment,
    })),
    sealHash: certification?.sealHash ?? null,
    madeBy: by,
    madeAt: instant(at.toISOString()),
  }
}

const ACT_WORDS: Readonly<Record<SignOffAct, string>> = { prepared: 'Prepared', certified: 'Certified', rejected: 'Sent back' }

/** One for each other side and currency that differs: its parts by bucket, what is unexplained apart, and their sum. */
function differencesOf({ parts }: SealBody, others: readonly string[]) {
  const currencies = [...new Set(parts.map(({ currency }) => currency))].sort()
  return others.flatMap((side) =>
    currencies.flatMap((currency) => {
      const own = parts.filter((part) => part.side === side && part.currency === currency)
      if (own.length === 0) return []
      const buckets = BUCKETS.filter((bucket) => bucket !== 'unexplained').flatMap((bucket) => {
        const of = own.filter((part) => part.bucket === bucket)
        return of.length === 0 ? [] : [{ bucket: BUCKET_WORDS[bucket], parts: of.length, amount: sum(of, currency) }]
      })
      const unexplained = own.filter((part) => part.bucket === 'unexplained')
      return [
        {
          side,
          currency,
          buckets,
          unexplained: { parts: unexplained.length, amount: sum(unexplained, currency) },
          parts: own.length,
          amount: sum(own, currency),
        },
      ]
    }),
  )
}

/** What an index says of a pack, by the pack itself: the list that it was chosen from is older by then. */
export function stoodOf({ body, known: { definition }, reconciliation, certification }: Pack): Stood {
  const others = definition.sides.slice(1).map(({ name }) => name)
  const rests = restsOfBody(body, definition)
  const since = body.signOffs.slice(body.signOffs.findLastIndex(({ act }) => act === 'prepared'))
  const isPrepared = certification !== null || reconciliation.state === 'prepared'
  const names = since.filter(({ act }) => act === 'certified').map(({ signedBy }) => signedBy)
  return {
    differences: differencesOf(body, others).map(({ side, currency, amount }) => {
      const own = rests.filter((rest) => rest.side === side && rest.currency === currency)
      return { currency, difference: amount, unexplained: exact(sumDecimals(own.map(({ gross }) => gross)), currency) }
    }),
    preparedBy: isPrepared ? (since[0]?.signedBy ?? null) : null,
    certifiedBy: certification ? names.join(', ') || null : null,
  }
}

const sum = (parts: readonly { readonly amount: string }[], currency: string) =>
  exact(sumDecimals(parts.map(({ amount }) => amount)), currency)

/** What is left after explanations, computed as a signature computes it. */
function restsOfBody({ figures, parts, explanations }: SealBody, { sides, tolerance }: Pack['known']['definition']) {
  const row = <T extends Figure>(of: T) => ({
    ...of,
    side: sides.findIndex(({ name }) => name === of.side),
    account_group: of.accountGroup,
  })
  const keyed = <T extends Figure & { readonly key: readonly string[] }>(of: T) => ({ ...row(of), key: of.key.join(' ') })
  const rests = restsOf(figures.map(row), parts.map(keyed), explanations.map(keyed), tolerance)
  return rests.map((rest) => ({
    ...rest,
    side: sides[rest.side]?.name ?? '',
    before: exact(addDecimals(rest.unexplained, rest.explained), rest.currency),
  }))
}

function toleranceWords({ absolute, relative, rounding }: Pack['known']['definition']['tolerance']): string {
  const given = [
    ...Object.entries(absolute).map(([currency, amount]) => `${amount} ${currency}`),
    ...(relative ? [`${relative} of the first side`] : []),
    ...(rounding > 0 ? [`rounding up to ${rounding} minor units a key`] : []),
  ]
  return given.join(', ') || 'none'
}

const keyWords = (key: readonly string[]) => key.filter(Boolean).join(' · ') || 'no key'

/** '2026-11-22 03:30:19 UTC'. */
const instant = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

/** With all decimals of its currency: the database writes nothing as 0. */
export function exact(amount: string, currency: string): string {
  const digits = minorDigitsOf(currency) ?? 0
  const minor = parseAmount(amount, digits)
  return typeof minor === 'bigint' ? formatMinor(minor, digits) : amount
}
