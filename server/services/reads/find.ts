import type { Queryable } from '#db/client.ts'
import type { ExceptionsFilter } from '#db/queries/exception-filter.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findByNumber, findByWords, type Found } from '#db/queries/find.ts'

export type { Found }

const SHOWN_MAX = 12
const WORDS_MAX = 80
const WORDS_MIN = 3
const EXCEPTIONS_MAX = 5
/** As people write them: 10432, #10432, EX-10432, run 7. */
const NUMBER = /^(?:#|ex-?|run|line|exception)?\s*#?([1-9]\d{0,8})$/i

/** What the words may mean, within the caller's scope. */
export async function find(db: Queryable, text: string, scope: readonly string[]): Promise<Found[]> {
  const words = text.trim().slice(0, WORDS_MAX)
  if (words === '') return []
  const id = NUMBER.exec(words)?.[1]
  const [numbered, exceptions, named, told] = await Promise.all([
    id ? findByNumber(db, Number.parseInt(id, 10), scope) : [],
    id ? findExceptions(db, { exceptionId: Number.parseInt(id, 10), state: 'all', scope }) : [],
    findByWords(db, words, scope, SHOWN_MAX),
    // A code or a name that something waits for; of a letter or two there would be no end.
    words.length < WORDS_MIN ? [] : findExceptions(db, { text: words, state: 'open', limit: EXCEPTIONS_MAX, scope }),
  ])
  return [...numbered, ...exceptions, ...told, ...named].slice(0, SHOWN_MAX)
}

/** Named as its page names it: the title of a control tells figures of all that the load covers. */
async function findExceptions(db: Queryable, filter: ExceptionsFilter): Promise<Found[]> {
  const rows = await listExceptions(db, filter)
  return rows.map(({ exceptionId, title, closedAt }) => ({
    kind: 'exception',
    id: `${exceptionId}`,
    title,
    detail: closedAt ? 'closed' : 'open',
  }))
}
