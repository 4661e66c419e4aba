export type ClassValue = string | false | null | undefined

/** Joins class names; anything falsy is left out. */
export const cx = (...values: ClassValue[]): string | undefined => values.filter(Boolean).join(' ') || undefined
