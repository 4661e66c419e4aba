import { afterEach, expect, test } from 'vitest'
import { makeNews, type News, type NewsLimits } from './news.ts'

const made: News[] = []
const make = (limits: Partial<NewsLimits>) => {
  const news = makeNews({ gatherMs: 20, ...limits })
  made.push(news)
  return news
}
afterEach(() => Promise.all(made.splice(0).map((news) => news.close())))

const forEver = new AbortController().signal

/** What a page hears until the stream ends; without the signs of life. */
async function heard(stream: ReadableStream<Uint8Array> | null): Promise<string[]> {
  const text = await new Response(stream).text()
  return [...text.matchAll(/event: change\ndata: (.*)\n\n/g)].map((match) => match[1]!)
}

test('what comes in a moment is told in one go, to everybody, each thing once', async () => {
  const news = make({})
  const pages = [news.open(forEver), news.open(forEver)].map(heard)
  for (const topic of ['runs', 'exceptions', 'runs', 'runs']) news.tell(topic)
  await new Promise((done) => setTimeout(done, 60))
  news.tell('jobs')
  await new Promise((done) => setTimeout(done, 60))
  await news.close()
  expect(await Promise.all(pages)).toEqual([
    ['["exceptions","runs"]', '["jobs"]'],
    ['["exceptions","runs"]', '["jobs"]'],
  ])
})

test('that anything may have changed outweighs the rest', async () => {
  const news = make({})
  const page = heard(news.open(forEver))
  news.tell('runs')
  news.tell(null)
  await new Promise((done) => setTimeout(done, 60))
  await news.close()
  expect(await page).toEqual(['null'])
})

test('too many listeners are refused; one that leaves makes room', async () => {
  const news = make({ listenersMax: 2 })
  const leaving = new AbortController()
  news.open(leaving.signal)
  const other = news.open(forEver)!
  expect(news.open(forEver)).toBeNull()
  leaving.abort()
  expect(news.listenerCount()).toBe(1)
  await other.cancel()
  expect(news.listenerCount()).toBe(0)
  expect(news.open(forEver)).not.toBeNull()
})

test('a stream ends after its time, so that whether one may listen is asked again', async () => {
  const news = make({ lifeMs: 30 })
  expect(await heard(news.open(forEver))).toEqual([])
  expect(news.listenerCount()).toBe(0)
})

test('a reader who takes nothing is let go', async () => {
  const news = make({ gatherMs: 0 })
  news.open(forEver)
  for (let told = 0; told < 60 && news.listenerCount() > 0; told++) {
    news.tell('runs')
    await new Promise((done) => setTimeout(done, 3))
  }
  expect(news.listenerCount()).toBe(0)
})

test('who closes ends all streams and opens none', async () => {
  const news = make({})
  const page = heard(news.open(forEver))
  await news.close()
  expect(await page).toEqual([])
  expect(news.open(forEver)).toBeNull()
})
