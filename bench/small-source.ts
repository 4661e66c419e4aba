import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const LINES = 4

/** A source of small answers: /NAME gives four lines of NAME that balance, with other amounts after each `change()`. */
export async function startSmallSource() {
  let turn = 0
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json').end(answerOf(request.url?.slice(1) ?? '', turn))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    change: () => {
      turn++
    },
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function answerOf(name: string, turn: number): string {
  const lines = Array.from({ length: LINES }, (_, i) => {
    const amount = `${100 + turn}.${10 + Math.floor(i / 2)}`
    const isDebit = i % 2 === 0
    return {
      id: `${name}-${i}`,
      entity: 'DE01',
      period: '2026-03',
      version: 'actual',
      currency: 'EUR',
      account: '4000',
      document: `${name}-D${Math.floor(i / 2)}`,
      debit: isDebit ? amount : '',
      credit: isDebit ? '' : amount,
      posted_on: '2026-03-15',
    }
  })
  return JSON.stringify({ lines })
}

/** The job that asks it. Twenty systems, as in a group that has some dozens of jobs on each. */
export const smallJob = (url: string, name: string, cron?: string) => ({
  job: name,
  title: name,
  owner: 'bench',
  system: { code: `small-${numberIn(name) % 20}`, name: `Small ${numberIn(name) % 20}`, kind: 'erp' },
  source: { type: 'http', url: `${url}/${name}`, recordsPath: 'lines' },
  format: { type: 'json', records: 'lines' },
  objectType: 'journal_line',
  mapping: { key: ['id'] },
  rules: { balanced: true, members: ['account'] },
  ...(cron && { schedule: { cron, timeZone: 'UTC' } }),
})

const numberIn = (name: string) => Number.parseInt(/\d+$/.exec(name)?.[0] ?? '0', 10)
