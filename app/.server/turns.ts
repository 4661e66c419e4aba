import { Refusal } from '#server/domain/errors.ts'

/**
 * So many at once. Who comes then waits a while, reading nothing and holding nothing, and is refused: each of them has a connection
 * of the database for as long as its bytes drip in, and the pages need those. Throws Refusal (too_many_at_once).
 */
function makeTurns(atOnce: number, waitMs: number) {
  let underWay = 0
  const waiting = new Set<() => void>()
  const myTurn = () =>
    new Promise<void>((done, fail) => {
      const enter = () => {
        clearTimeout(timer)
        waiting.delete(enter)
        underWay++
        done()
      }
      const timer = setTimeout(() => {
        waiting.delete(enter)
        fail(new Refusal('too_many_at_once'))
      }, waitMs)
      waiting.add(enter)
      if (underWay < atOnce) enter()
    })
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await myTurn()
    try {
      return await work()
    } finally {
      underWay--
      for (const enter of [...waiting].slice(0, 1)) enter()
    }
  }
}

/** Of files: fewer than the pool of the smallest process has connections (server/roles/database.ts). */
export const inTurn = makeTurns(3, 20_000)
