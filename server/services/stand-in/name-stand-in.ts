import { findPerson } from '#db/queries/people.ts'
import { insertStandIn } from '#db/queries/stand-ins.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { expectReason } from '../reason.ts'

export type NameStandIn = {
  /** Who is away. */
  readonly forPerson: string
  readonly standIn: string
  /** Of their own entities; ['*'] is all of them. */
  readonly entities: readonly string[]
  /** The last day, an ISO date: until its end in UTC. */
  readonly lastDay: string
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

const DAYS_MAX = 92
const DAY_MS = 86_400_000

/**
 * Lets somebody of the same role act in one's entities until a day, under their own name. For oneself; an administrator for others.
 * What four eyes ask stays asked: the stand-in is a person of their own. Throws Refusal (reason_missing, person_not_found, stand_in_refused).
 */
export async function nameStandIn(context: Context, asked: NameStandIn): Promise<{ standInId: number }> {
  const { forPerson, standIn, entities, lastDay, reason, actor, idempotencyKey } = asked
  expectReason(reason)
  const request = { forPerson, standIn, entities, lastDay, reason }
  return perform(context, { name: 'nameStandIn', actor, reason, idempotencyKey, request }, async (tx) => {
    const startsAt = context.now()
    const endsAt = new Date(Date.parse(lastDay) + DAY_MS)
    const [away, there] = [await findPerson(tx, forPerson), await findPerson(tx, standIn)]
    if (!away || !there) throw new Refusal('person_not_found', away ? standIn : forPerson)
    const refuse = (why: string): never => {
      throw new Refusal('stand_in_refused', why)
    }
    if (actor.role !== 'admin' && actor.name !== forPerson)
      refuse('you name one for yourself; an administrator names one for others')
    if (standIn === forPerson) refuse('nobody stands in for themself')
    if (away.role !== there.role) refuse(`${standIn} has another role`)
    if (!(endsAt > startsAt)) refuse('its last day is over')
    if (endsAt.getTime() - startsAt.getTime() > DAYS_MAX * DAY_MS) refuse(`it may last ${DAYS_MAX} days at most`)
    // What is lent is one's own, never what one has been lent.
    const outside = entities.filter(
      (entity) => !away.entityScope.includes('*') && !away.entityScope.includes(entity) && entity !== '*',
    )
    if (entities.length === 0 || outside.length > 0)
      refuse(outside.length > 0 ? `${forPerson} does not have ${outside.join(', ')}` : 'say which entities')
    const chosen = [...new Set(entities)].sort()
    const standInId = await insertStandIn(tx, {
      forPerson,
      standIn,
      entities: chosen,
      startsAt,
      endsAt,
      reason: reason.trim(),
      namedBy: actor.name,
    })
    const after = { standIn: standInId, by: standIn, entities: chosen, until: endsAt.toISOString() }
    return {
      result: { standInId },
      entities: chosen.includes('*') ? away.entityScope : chosen,
      audit: { action: 'stand_in.named', objectType: 'person', objectId: forPerson, after },
    }
  })
}
