import { SharedReads } from './shared-reads.ts'

/** Answers kept at a time. One of all slices is some megabytes. */
const ANSWERS_MAX = 4

/**
 * Gives an answer again for as long as what it was read from is unchanged: `stamp` must be another as soon as anything of it is.
 * Answers of an earlier stamp are let go at once, and one during which the stamp changed is given but not kept. Those who ask for
 * the same while it is read share the reading.
 */
export class KeptReads<T> {
  readonly #shared = new SharedReads<T>()
  readonly #stamp: () => Promise<string>
  #kept = { stamp: '', answers: new Map<string, T>() }

  constructor(stamp: () => Promise<string>) {
    this.#stamp = stamp
  }

  async read(key: string, work: () => Promise<T>): Promise<T> {
    const kept = this.#at(await this.#stamp()).get(key)
    return kept ?? this.#shared.read(key, () => this.#anew(key, work))
  }

  async #anew(key: string, work: () => Promise<T>): Promise<T> {
    const before = await this.#stamp()
    // Whoever waited for the reading before this one may find its answer still true.
    const kept = this.#at(before).get(key)
    if (kept !== undefined) return kept
    const answer = await work()
    const after = await this.#stamp()
    if (after === before) this.#keep(after, key, answer)
    return answer
  }

  #keep(stamp: string, key: string, answer: T): void {
    const answers = this.#at(stamp)
    for (const oldest of answers.keys()) {
      if (answers.size < ANSWERS_MAX) break
      answers.delete(oldest)
    }
    answers.set(key, answer)
  }

  #at(stamp: string): Map<string, T> {
    if (this.#kept.stamp !== stamp) this.#kept = { stamp, answers: new Map() }
    return this.#kept.answers
  }
}
