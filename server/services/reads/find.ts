import type { Queryable } from '#db/client.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findByNumber, findByWords, type Found } from '#db/queries/find.ts'

export type { Found }

const SHOWN_MAX = 12
const WORDS_MAX = 80
/** As people write them: 10432, #10432, EX-10432, run 7. */
const NUMBER = /^(?:#|ex-?|run|line|exception)?\s*#?([1-9]\d{0,8})$/i

/** What the words may mean, within the caller's scope. */
export async function find(db: Queryable, text: string, scope: readonly string[]): Promise<Found[]> {
  const words = text.trim().slice(0, WORDS_MAX)
  if (words === '') return []
  const id = NUMBER.exec(words)?.[1]
  const [numbered, exceptions, named] = await Promise.all([
    id ? findByNumber(db, Number.parseInt(id, 10), scope) : [],
    id ? findException(db, Number.parseInt(id, 10), scope) : [],
    findByWords(db, words, scope, SHOWN_MAX),
  ])
  return [...numbered, ...exceptions, ...named].slice(0, SHOWN_MAX)
}

/** Named as its page names it: the title of a control tells figures of all that the load covers. */
async function findException(db: Queryable, exceptionId: number, scope: readonly string[]): Promise<Found[]> {
  const rows = await listExceptions(db, { exceptionId, state: 'all', scope })
  return rows.map(({ title, closedAt }) => ({
    kind: 'exception',
    id: `${exceptionId}`,
    title,
    detail: closedAt ? 'closed' : 'open',
  }))
}
