/** Age of what is open, in business days: Monday to Friday, the day it was opened is 0. */
export const AGE_BUCKETS = {
  '0-1': [0, 1],
  '2-5': [2, 5],
  '6-10': [6, 10],
  '11-30': [11, 30],
  '31+': [31, null],
} as const satisfies Record<string, readonly [from: number, to: number | null]>
export type AgeBucket = keyof typeof AGE_BUCKETS
export const AGE_NAMES = Object.keys(AGE_BUCKETS) as AgeBucket[]
