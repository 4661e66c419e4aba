import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { textArray } from '../text-array.ts'

/** Those of the keys that were used. */
export async function listUsedKeys(db: Queryable, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db.execute<{ key: string }>(
    sql`select idempotency_key as key from commands where idempotency_key = any(${textArray(keys)}::text[])`,
  )
  return new Set(rows.map(({ key }) => key))
}

type Claim = { readonly key: string; readonly command: string; readonly actor: string; readonly hash: string }

/** Null when the key is ours now. A second request with it waits here until the first has committed. */
export async function takeKey(tx: Transaction, claim: Claim): Promise<{ hash: string; result: unknown } | null> {
  const { key, command, actor, hash } = claim
  const taken = await tx.execute(sql`
    insert into commands (idempotency_key, command, actor, request_hash, result) values (${key}, ${command}, ${actor}, ${hash}, 'null')
    on conflict (idempotency_key) do nothing returning 1`)
  if (taken.length > 0) return null
  const [earlier] = await tx.execute<{ hash: string; result: { result: unknown } }>(sql`
    select request_hash as hash, result from commands where idempotency_key = ${key}`)
  return { hash: earlier!.hash, result: earlier!.result.result }
}

/** What the command gave, for whoever asks again with its key. */
export async function keepResult(tx: Transaction, key: string, result: unknown): Promise<void> {
  const kept = JSON.stringify({ result: result ?? null })
  await tx.execute(sql`update commands set result = ${kept}::jsonb where idempotency_key = ${key}`)
}

/** A command of this actor and what it gave; null where there is none. */
export async function findResult(
  db: Queryable,
  idempotencyKey: string,
  actor: string,
): Promise<{ command: string; result: unknown } | null> {
  const [row] = await db.execute<{ command: string; result: { result: unknown } | null }>(sql`
    select command, result from commands where idempotency_key = ${idempotencyKey} and actor = ${actor}`)
  return row ? { command: row.command, result: row.result?.result ?? null } : null
}
