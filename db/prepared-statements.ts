/** A load's own place is there for one load: a statement that names it does not come again. */
const OF_ONE_LOAD = /\bload\.[ld]\d/

/**
 * Drizzle sends every statement of its own unprepared, and postgres.js then asks for the types of its parameters first: two round
 * trips, and the text is read again each time. Prepared, the second time is one round trip, and a small run costs the database a fifth
 * less. `rest` is what follows the text in postgres.js's unsafe.
 */
export function asPrepared(text: string, rest: readonly unknown[]): readonly unknown[] {
  const [parameters, options] = rest
  if (!Array.isArray(parameters) || parameters.length === 0 || OF_ONE_LOAD.test(text)) return rest
  return [parameters, { ...(options as object | undefined), prepare: true }]
}
