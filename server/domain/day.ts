import { Temporal } from 'temporal-polyfill'

/** Of ISO dates. */
export const dayBefore = (date: string): string => Temporal.PlainDate.from(date).subtract({ days: 1 }).toString()
export const daysBefore = (date: string, days: number): string => Temporal.PlainDate.from(date).subtract({ days }).toString()
export const dayAfter = (date: string): string => Temporal.PlainDate.from(date).add({ days: 1 }).toString()
