import { parse } from 'postgres-array'
import type postgres from 'postgres'

/** The numbers PostgreSQL's catalogue gives the arrays that are asked for here, with what one element becomes. */
const ARRAYS: readonly { readonly oid: number; readonly element: (text: string) => unknown }[] = [
  { oid: 1000, element: (text) => text === 't' }, // boolean
  ...[1005, 1007, 1016, 1021, 1022].map((oid) => ({ oid, element: Number })), // smallint, integer, bigint, real, double precision
  ...[1002, 1003, 1009, 1014, 1015, 2951].map((oid) => ({ oid, element: (text: string) => text })), // "char", name, text, char, varchar, uuid
]

/**
 * How arrays travel. postgres.js would ask the catalogue on each new connection, and nobody can catch it when that question
 * fails: a server in a hurry, or going away, would take the whole process along.
 */
export const arrayTypes: Readonly<Record<string, postgres.PostgresType>> = Object.fromEntries(
  ARRAYS.map(({ oid, element }) => [
    `array${oid}`,
    { to: oid, from: [oid], parse: (text: string) => parse(text, element), serialize: arrayText },
  ]),
)

/** A list as PostgreSQL reads it; what is text already stays. */
function arrayText(value: unknown): unknown {
  return Array.isArray(value)
    ? `{${value.map((element) => (element === null ? 'null' : `"${String(element).replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`
    : value
}
