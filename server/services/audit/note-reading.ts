import type { Actor } from '#server/domain/actor.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

export type Reading = {
  /** The first part of the address: /runs, /audit. */
  readonly screen: string
  /** What was taken along, where it was: each time is an event. Looking is one a person, screen and day. */
  readonly taken?: string | undefined
}

/** Screens that are noted, so that looking again costs no statement. */
const notedIn = new WeakMap<Context['db'], Set<string>>()
const NOTED_MAX = 10_000

/** The log says what an auditor looked at and took along, before they get it. */
export async function noteReading(
  context: Pick<Context, 'db' | 'now'>,
  { screen, taken, actor }: Reading & { actor: Actor },
): Promise<void> {
  const event = { objectType: 'screen', objectId: screen }
  if (taken) {
    await perform(context, { name: 'noteReading', actor, request: { taken } }, async () => ({
      result: null,
      entities: [],
      audit: { ...event, action: 'evidence.exported', after: { taken } },
    }))
    return
  }
  const day = context.now().toISOString().slice(0, 10)
  const noted = notedIn.get(context.db) ?? new Set()
  notedIn.set(context.db, noted)
  const idempotencyKey = `audit.read ${actor.name} ${screen} ${day}`
  if (noted.has(idempotencyKey)) return
  await perform(context, { name: 'noteReading', actor, idempotencyKey, request: { screen, day } }, async () => ({
    result: null,
    entities: [],
    audit: { ...event, action: 'audit.read' },
  }))
  if (noted.size >= NOTED_MAX) noted.clear()
  noted.add(idempotencyKey)
}
