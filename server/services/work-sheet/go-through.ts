import { listNotesBy, listTriage } from '#db/queries/triage.ts'
import type { Actor, CommandName } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { SheetResult, SheetRow, Written } from '#server/domain/work-sheet.ts'
import { assignExceptions, assigning } from '../assign-exceptions.ts'
import type { Context } from '../context.ts'
import { gradeExceptions, grading } from '../grade-exceptions.ts'
import { expectNote, noteExceptions } from '../note-exceptions.ts'
import { refuseRole } from '../perform.ts'
import { expectLastDay, proposeEnding, proposing } from '../propose-ending.ts'
import { refusalOf, type Acted, type Decide, type Seen } from '../triage/act-on.ts'

/** One thing that a row asks for. */
type Step = {
  readonly command: CommandName
  readonly words: string
  /** Rows that say the same here ask for the same. */
  readonly key: string
  readonly decide: () => Promise<Decide>
  readonly act: (exceptions: readonly Seen[]) => Promise<Acted>
}
type Item = {
  readonly row: number
  readonly seen: Required<Seen>
  readonly steps: readonly Step[]
  done: string[]
  why: string | null
}
/** Why it cannot be done to each of them; null where it can, or was. */
type Tell = (step: Step, seen: readonly Seen[]) => Promise<ReadonlyMap<number, string | null>>

/** What would become of each row, by what the acts themselves decide by. Nothing is changed. */
export async function foretellSheet(context: Context, rows: readonly SheetRow[], actor: Actor): Promise<SheetResult[]> {
  const ids = rows.flatMap(({ sealed }) => (sealed ? [sealed.exceptionId] : []))
  const standing = new Map((await listTriage(context.db, ids)).map((row) => [row.exceptionId, row]))
  return goThrough(context, rows, actor, async ({ command, decide: read }, seen) => {
    refuseRole(actor, command)
    const decide = await read()
    const tellOne = (one: Seen): string | null => {
      const row = standing.get(one.exceptionId)
      const [refused, why] = refusalOf(row, one, actor, command === 'noteException')
      if (refused !== null || !row) return why
      const change = decide(row)
      if (typeof change === 'string') return change
      standing.set(row.exceptionId, { ...row, ...change })
      return null
    }
    return new Map(seen.map((one) => [one.exceptionId, tellOne(one)]))
  })
}

/** Does it. Each row is for itself; who brings it is who did it. */
export const doSheet = (context: Context, rows: readonly SheetRow[], actor: Actor): Promise<SheetResult[]> =>
  goThrough(context, rows, actor, async ({ act }, seen) => {
    const { results } = await act(seen)
    return new Map(results.map(({ exceptionId, outcome, why }) => [exceptionId, outcome === 'done' ? null : why]))
  })

/** One kind of step after the other; rows that ask for the same go together, so that thousands of rows are a few acts. */
async function goThrough(context: Context, rows: readonly SheetRow[], actor: Actor, tell: Tell): Promise<SheetResult[]> {
  const readable = rows.flatMap(({ sealed }) => (sealed ? [sealed.exceptionId] : []))
  const noted = new Set(
    (await listNotesBy(context.db, actor.name, readable)).map(({ exceptionId, text }) => `${exceptionId} ${text}`),
  )
  const items = new Map<number, Item>()
  for (const { row, sealed, written } of rows) {
    if (!sealed || typeof written === 'string') continue
    const { exceptionId, revision } = sealed
    const stands = written.note !== undefined && noted.has(`${exceptionId} ${written.note}`)
    const steps = stepsOf(context, actor, stands ? { ...written, note: undefined } : written)
    items.set(row, { row, seen: { exceptionId, revision }, steps, done: [], why: null })
  }
  for (const command of STEPS) await takeStep(command, [...items.values()], tell)
  return rows.map(({ row, sealed, written }): SheetResult => {
    const [item, exceptionId] = [items.get(row), sealed?.exceptionId ?? null]
    if (!item || typeof written === 'string') return { row, exceptionId, outcome: 'refused', words: String(written) }
    const { done, why } = item
    if (why !== null) return { row, exceptionId, outcome: 'refused', words: [...done, why].join('; ') }
    if (done.length > 0) return { row, exceptionId, outcome: 'done', words: done.join('; ') }
    const words = written.note === undefined ? 'nothing was written' : 'this note of yours stands there already'
    return { row, exceptionId, outcome: 'nothing', words }
  })
}

const STEPS = ['assignException', 'gradeException', 'proposeEnding', 'noteException'] as const satisfies readonly CommandName[]

async function takeStep(command: CommandName, items: readonly Item[], tell: Tell): Promise<void> {
  const alike = new Map<string, { step: Step; items: Item[] }>()
  for (const item of items) {
    const step = item.why === null ? item.steps.find((one) => one.command === command) : undefined
    if (!step) continue
    const group = alike.get(step.key) ?? { step, items: [] }
    alike.set(step.key, group)
    group.items.push(item)
  }
  for (const { step, items: group } of alike.values()) {
    // The first act is on what the person saw; those after it are on what they made of it.
    const seen = group.map((item): Seen => (item.done.length === 0 ? item.seen : { exceptionId: item.seen.exceptionId }))
    const answers = await answersOf(tell(step, seen))
    for (const item of group) {
      const why = typeof answers === 'string' ? answers : (answers.get(item.seen.exceptionId) ?? null)
      if (why === null) item.done.push(step.words)
      else item.why = why
    }
  }
}

async function answersOf(told: ReturnType<Tell>): Promise<ReadonlyMap<number, string | null> | string> {
  try {
    return await told
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

function stepsOf(context: Context, actor: Actor, { assignee, severity, waiveUntil, note, reason }: Written): Step[] {
  const steps: Step[] = []
  if (assignee !== undefined)
    steps.push({
      command: 'assignException',
      words: `given to ${assignee ?? 'nobody'}`,
      key: assignee ?? '',
      decide: () => assigning(context.db, assignee),
      act: (exceptions) => assignExceptions(context, { exceptions, assignee, actor }),
    })
  if (severity !== undefined)
    steps.push({
      command: 'gradeException',
      words: `severity ${severity}`,
      key: `${severity} ${reason}`,
      decide: () => grading(context.db, severity, reason),
      act: (exceptions) => gradeExceptions(context, { exceptions, severity, reason, actor }),
    })
  if (waiveUntil !== undefined)
    steps.push({
      command: 'proposeEnding',
      words: `proposed to be waived until ${waiveUntil}`,
      key: `${waiveUntil} ${reason}`,
      decide: async () => {
        expectLastDay(waiveUntil, context.now())
        return proposing('waived')
      },
      act: (exceptions) => proposeEnding(context, { exceptions, ending: 'waived', until: waiveUntil, reason, actor }),
    })
  if (note !== undefined)
    steps.push({
      command: 'noteException',
      words: 'noted',
      key: note,
      decide: async () => {
        await expectNote(context.db, note)
        return () => ({})
      },
      act: (exceptions) => noteExceptions(context, { exceptions, text: note, actor }),
    })
  return steps
}
