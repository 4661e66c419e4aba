import { and, eq, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { defaultViews, people, savedViews } from '../schema/people.ts'

export type SavedView = {
  viewId: number
  screen: string
  name: string
  query: string
  isTeam: boolean
  isMine: boolean
  owner: string
  isDefault: boolean
  /** Others whose list opens with it. */
  defaultOfOthers: number
}

/** A person's own views and those of the team, by name; of one list or of all. */
export async function listViews(db: Queryable, signIn: string): Promise<SavedView[]> {
  const rows = await db.execute<SavedView>(sql`
    select v.view_id as "viewId", v.screen, v.name, v.query, v.is_team as "isTeam", o.sign_in = ${signIn} as "isMine", o.name as owner,
      d.view_id is not null as "isDefault",
      (select count(*)::int from default_views a join people p using (person_id)
        where a.view_id = v.view_id and p.sign_in <> ${signIn} and p.disabled_at is null) as "defaultOfOthers"
    from saved_views v join people o on o.person_id = v.owner_id
    left join default_views d on d.view_id = v.view_id and d.person_id = (select person_id from people where sign_in = ${signIn})
    where o.sign_in = ${signIn} or v.is_team order by v.is_team, lower(v.name), v.view_id`)
  return [...rows]
}

export async function findView(db: Queryable, viewId: number, signIn: string): Promise<SavedView | null> {
  return (await listViews(db, signIn)).find((view) => view.viewId === viewId) ?? null
}

type NewView = Pick<SavedView, 'screen' | 'name' | 'query' | 'isTeam'>

/** Under a name a person uses for this list already the view is replaced. Returns what stood there. */
export async function saveOwnView(
  tx: Transaction,
  signIn: string,
  view: NewView,
): Promise<{ viewId: number; before: Pick<NewView, 'query' | 'isTeam'> | null }> {
  const [owner] = await tx.select({ personId: people.personId }).from(people).where(eq(people.signIn, signIn)).for('update')
  const mine = and(eq(savedViews.ownerId, owner!.personId), eq(savedViews.screen, view.screen), eq(savedViews.name, view.name))
  const [before] = await tx.select().from(savedViews).where(mine)
  if (before) {
    await tx.update(savedViews).set({ query: view.query, isTeam: view.isTeam }).where(mine)
    return { viewId: before.viewId, before: { query: before.query, isTeam: before.isTeam } }
  }
  const [added] = await tx
    .insert(savedViews)
    .values({ ...view, ownerId: owner!.personId })
    .returning({ viewId: savedViews.viewId })
  return { viewId: added!.viewId, before: null }
}

export async function countOwnViews(db: Queryable, signIn: string): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from saved_views v join people o on o.person_id = v.owner_id where o.sign_in = ${signIn}`,
  )
  return row!.n
}

export async function deleteView(tx: Transaction, viewId: number): Promise<void> {
  await tx.delete(defaultViews).where(eq(defaultViews.viewId, viewId))
  await tx.delete(savedViews).where(eq(savedViews.viewId, viewId))
}

/** Names are one's own for each list: another view of the same owner and list has this one. */
export async function hasOtherOfName(tx: Transaction, viewId: number, name: string): Promise<boolean> {
  // Whoever else names a view of this owner waits, as in saving.
  await tx.execute(
    sql`select from people where person_id = (select owner_id from saved_views where view_id = ${viewId}) for update`,
  )
  const rows = await tx.execute(sql`
    select from saved_views v join saved_views o using (owner_id, screen)
    where v.view_id = ${viewId} and o.view_id <> v.view_id and o.name = ${name}`)
  return rows.length > 0
}

export async function renameOneView(tx: Transaction, viewId: number, name: string): Promise<void> {
  await tx.update(savedViews).set({ name }).where(eq(savedViews.viewId, viewId))
}

/** The view this list opens with for the person; null: with everything. */
export async function markDefaultView(tx: Transaction, signIn: string, screen: string, viewId: number | null): Promise<void> {
  const [person] = await tx.select({ personId: people.personId }).from(people).where(eq(people.signIn, signIn))
  const personId = person!.personId
  await tx.delete(defaultViews).where(and(eq(defaultViews.personId, personId), eq(defaultViews.screen, screen)))
  if (viewId !== null) await tx.insert(defaultViews).values({ personId, screen, viewId })
}
