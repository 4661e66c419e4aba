import { ITEM_STATES, type DeliveryStatus, type ItemState } from '#server/domain/delivery.ts'
import { TECHNICAL_FAILURES } from '#server/domain/errors.ts'
import { CONTROL_RULES, DELIVERY_RULES, sentence } from '#server/domain/rules/catalogue.ts'
import { counted } from './words.ts'

type Told = {
  readonly status: DeliveryStatus
  readonly systemName: string
  readonly items: Readonly<Partial<Record<ItemState, number>>>
  readonly attempt: number
  readonly failureCode: string | null
  readonly failureDetail: string | null
  readonly differing: number
  readonly waitsFor: number | null
}

export const documentsOf = ({ items }: Pick<Told, 'items'>): number =>
  ITEM_STATES.reduce((sum, state) => sum + (items[state] ?? 0), 0)

/** How a delivery stands, in a sentence. What is unknown is always said. */
export function deliverySentence(told: Told): string {
  const { status, items, systemName, waitsFor } = told
  const all = counted(documentsOf(told), 'document')
  const unknown = items.unknown
    ? ` Of ${counted(items.unknown, 'document')} it is unknown whether ${systemName} has ${items.unknown === 1 ? 'it' : 'them'}: it is asked before anything is sent again.`
    : ''
  const why = reasonOf(told)
  if (waitsFor !== null) return `Waits for delivery ${waitsFor}: publications are told in their order.`
  switch (status) {
    case 'pending':
      return `Waits for its turn.${unknown}`
    case 'delivering':
      return `${all} going to ${systemName}.${unknown}`
    case 'waiting':
      return `${why ?? 'Not through yet'}. It is tried again by itself.${unknown}`
    case 'held':
      return `Held by a person. Later publications wait behind it.${unknown}`
    case 'confirmed':
      return `${systemName} has ${all}, and its totals are those that were delivered.`
    case 'refused':
      return items.refused === documentsOf(told)
        ? `${why ?? 'Nothing was taken'}.`
        : `${counted(items.refused ?? 0, 'document')} of ${all} refused; the others are there. ${why ?? ''}`.trim()
    case 'failed':
      return `${why ?? 'It failed'}. Somebody must look; later publications wait behind it.${unknown}`
    case 'aborted':
      return `Given up by a person: ${systemName} keeps what it has.${unknown}`
  }
}

/** Why it does not go on, in words; null: nothing failed. */
function reasonOf({ failureCode: code, failureDetail, systemName }: Told): string | null {
  if (code === null) return null
  const facts = { target: systemName, value: failureDetail ?? 'see the documents' }
  if (isIn(TECHNICAL_FAILURES, code)) return TECHNICAL_FAILURES[code].title
  if (isIn(CONTROL_RULES, code)) return sentence(CONTROL_RULES[code].title, facts)
  if (isIn(DELIVERY_RULES, code)) return sentence(DELIVERY_RULES[code].title, facts)
  return 'It failed for a reason we do not know yet'
}

/** What somebody can do about it; null where nothing is to be done. */
export function deliveryAdvice({ failureCode: code, status }: Pick<Told, 'failureCode' | 'status'>): string | null {
  if (code === null || status === 'confirmed' || status === 'aborted') return null
  if (isIn(TECHNICAL_FAILURES, code)) return TECHNICAL_FAILURES[code].action
  if (isIn(CONTROL_RULES, code)) return CONTROL_RULES[code].action
  return isIn(DELIVERY_RULES, code)
    ? DELIVERY_RULES[code].action
    : 'IT reads the detail and says what it is; then the delivery is retried.'
}

const isIn = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key)
