import { TECHNICAL_FAILURES } from '../errors.ts'
import { BUSINESS_RULES, CONTROL_RULES, DELIVERY_RULES, MASTER_DATA_RULES } from '../rules/catalogue.ts'
import { REFUSED_RULES } from '../rules/refused.ts'
import { CONTROL_GUIDES } from './control.ts'
import { DELIVERY_GUIDES, TARGET_GUIDES } from './deliveries.ts'
import type { Guide } from './guide.ts'
import { RECORD_GUIDES } from './records.ts'
import { REFUSED_GUIDES } from './refused.ts'
import { TECHNICAL_GUIDES } from './technical.ts'

const GUIDES: Readonly<Record<string, Guide>> = {
  ...RECORD_GUIDES,
  ...CONTROL_GUIDES,
  ...DELIVERY_GUIDES,
  ...REFUSED_GUIDES,
  ...TARGET_GUIDES,
  ...TECHNICAL_GUIDES,
}
/** Every code an exception can have. */
export const EXCEPTION_CODES: readonly string[] = [
  ...Object.keys(BUSINESS_RULES),
  ...Object.keys(MASTER_DATA_RULES),
  ...Object.keys(CONTROL_RULES),
  ...Object.keys(DELIVERY_RULES),
  ...Object.keys(REFUSED_RULES),
  ...Object.keys(TECHNICAL_FAILURES),
  'unexpected_error',
]

/** Null for a code of a version that is gone. */
export const guideOf = (code: string): Guide | null => (Object.hasOwn(GUIDES, code) ? GUIDES[code]! : null)

/** The sections of the runbook, in the order of the codes. */
export function guidesAsMarkdown(): string {
  return EXCEPTION_CODES.map((code) => {
    const guide = guideOf(code)
    if (!guide) throw new Error(`${code} has no guide`)
    return `### ${code}\n\n${LINES.map(([label, of]) => `- **${label}** ${of(guide)}`).join('\n')}\n`
  }).join('\n')
}

const LINES = [
  ['What it means.', ({ means }: Guide) => means],
  ['How to find the cause.', ({ find }: Guide) => find],
  ['How to mend it.', ({ mend }: Guide) => mend],
  ['Who.', ({ who }: Guide) => who],
] as const
