import { expect, test } from 'vitest'
import { statementName } from './traced-statements.ts'

test.each([
  ['select "run_id" from "runs" where "run_id" = $1', 'select runs'],
  ['insert into "connector_calls" ("call_id") values (default)', 'insert into connector_calls'],
  ['update runs r set status = $1 where run_id = $2', 'update runs'],
  ['delete from load.l123 where position = $1', 'delete from load.l'],
  ['copy load.l77 (line_id) from stdin', 'copy load.l'],
  ['select open_load_place($1)', 'open_load_place'],
  ['select graphile_worker.add_job(?, $1)', 'add_job'],
  ['select count(*)::int as n from exceptions', 'select exceptions'],
  ['with found as (select 1 from lines) insert into repeats select * from found', 'insert into repeats'],
  ['with found as (select 1 from lines) select * from found', 'select lines'],
  ['select 1 from runs where run_id = $1 for update', 'select runs'],
  ['insert into stages (run_id) values ($1) on conflict (run_id) do update set ended_at = null', 'insert into stages'],
  ['analyze lines', 'analyze'],
])('%s is called %s', (text, name) => {
  expect(statementName(text)).toBe(name)
})
