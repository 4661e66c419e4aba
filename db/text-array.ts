import { sql, type SQL } from 'drizzle-orm'

/** A PostgreSQL array from a list of strings, as one parameter. */
export const textArray = (values: readonly string[]) =>
  sql`(select coalesce(array_agg(v), '{}') from jsonb_array_elements_text(${JSON.stringify(values)}::jsonb) v)`

/**
 * Whether a text is one of many: looked up in a hash, whatever the planner thinks of the rest. As an array every row reads through it, as a
 * plain `in` it becomes a join that is sometimes done the same way: minutes instead of a tenth of a second. Uses no index.
 */
export const isOneOf = (value: SQL, values: readonly string[]): SQL =>
  sql`(${value} in (select v from jsonb_array_elements_text(${JSON.stringify(values)}::jsonb) v)) is true`
