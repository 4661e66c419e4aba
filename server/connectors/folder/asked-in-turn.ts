import { TechnicalError } from '#server/domain/errors.ts'

const ANSWER_MS_MAX = 5_000

const asked = new Map<string, Promise<unknown>>()
const silent = new Set<string>()

/**
 * Asks the file system of a folder one thing after the other, and nothing more while it owes an answer: what asks a share that
 * hangs keeps one of the four threads that all of this process share, until the share is back.
 */
export function askInTurn<T>(folder: string, question: () => Promise<T>, msMax = ANSWER_MS_MAX): Promise<T> {
  const answer = (asked.get(folder) ?? Promise.resolve()).then(() => inTime(folder, question, msMax))
  const over = answer.then(ignore, ignore).then(() => {
    if (asked.get(folder) === over) asked.delete(folder)
  })
  asked.set(folder, over)
  return answer
}

async function inTime<T>(folder: string, question: () => Promise<T>, msMax: number): Promise<T> {
  const noAnswer = () => new TechnicalError('source_not_found', `${folder} does not answer`)
  if (silent.has(folder)) throw noAnswer()
  const answer = question()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      silent.add(folder)
      answer.catch(ignore).finally(() => silent.delete(folder))
      reject(noAnswer())
    }, msMax)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

const ignore = () => {}
