import { BUSINESS_RULES, fieldWords, sentence, type BusinessCode } from '#server/domain/rules/catalogue.ts'

type Reason = { readonly code: string; readonly field: string; readonly value: string }

const ruleOf = (code: string) => (code in BUSINESS_RULES ? BUSINESS_RULES[code as BusinessCode] : null)

/** The reason as a sentence: 'Cost centre 4711 is inactive'. */
export function reasonWords({ code, field, value }: Reason): string {
  const rule = ruleOf(code)
  if (!rule) return code.replaceAll('_', ' ')
  return sentence(rule.title, { field: fieldWords(field), value })
    .replace(/ {2,}/g, ' ')
    .trim()
}

/** The reason without its value, for a list of reasons: 'Member inactive'. */
export function reasonTitle(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
