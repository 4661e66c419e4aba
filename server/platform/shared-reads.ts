/**
 * One reading answers all who ask for the same at the same time. Who asks while one is under way gets the next, which all share who
 * come until it begins: an answer is never older than its question. Nothing is kept once it was given.
 */
export class SharedReads<T> {
  readonly #underWay = new Map<string, Promise<T>>()
  readonly #next = new Map<string, Promise<T>>()

  read(key: string, work: () => Promise<T>): Promise<T> {
    const queued = this.#next.get(key)
    if (queued) return queued
    const current = this.#underWay.get(key)
    if (!current) return this.#begin(key, work)
    const begin = () => {
      this.#next.delete(key)
      return this.#begin(key, work)
    }
    const next = current.then(begin, begin)
    this.#next.set(key, next)
    return next
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const reading = work().finally(() => {
      if (this.#underWay.get(key) === reading) this.#underWay.delete(key)
    })
    this.#underWay.set(key, reading)
    return reading
  }
}
