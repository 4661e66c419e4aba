import { expect, test } from 'vitest'
import { makeLogger } from './logger.ts'

function logged(write: (logger: ReturnType<typeof makeLogger>) => void, { isTTY = false, level = 'info' } = {}) {
  let text = ''
  write(makeLogger({ level, output: { isTTY, write: (line: string) => (text += line) } }))
  return text
}

test('without a terminal each line is one JSON object', () => {
  const text = logged((logger) => logger.info({ runId: 'r1' }, 'run finished'))
  expect(JSON.parse(text)).toMatchObject({ msg: 'run finished', runId: 'r1', level: 30 })
})

test('on a terminal a line is terse', () => {
  const text = logged((logger) => logger.warn({ runId: 'r1' }, 'slow'), { isTTY: true })
  expect(text).toMatch(/^\d\d:\d\d:\d\d warn {2}slow runId=r1\n$/)
})

test.each([true, false])('secrets do not leave (terminal: %s)', (isTTY) => {
  const text = logged(
    (logger) => {
      logger.info({ password: 'hunter2', headers: { cookie: 'hunter2', authorization: 'hunter2' } })
      logger.error({ err: new Error('cannot reach postgres://tower:hunter2@db:5432/x') }, 'see postgres://tower:hunter2@db/x')
    },
    { isTTY },
  )
  expect(text).not.toContain('hunter2')
  expect(text).toContain('[secret]')
})

test('below the level nothing is written', () => {
  expect(logged((logger) => logger.debug('detail'))).toBe('')
})
