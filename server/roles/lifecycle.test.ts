import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { makeLifecycle, onEndSignal } from './lifecycle.ts'

const unused = () => {
  throw new Error('no trouble was expected')
}

test('what was opened last is closed first, each once', async () => {
  const closed: string[] = []
  const lifecycle = makeLifecycle(unused)
  for (const name of ['database', 'worker', 'web']) {
    await lifecycle.open(
      name,
      async () => name,
      async (opened) => closed.push(opened),
    )
  }
  await Promise.all([lifecycle.closeAll(), lifecycle.closeAll()])
  expect(closed).toEqual(['web', 'worker', 'database'])
})

test('one that cannot be closed is reported and does not keep the others open', async () => {
  const closed: string[] = []
  const troubles: string[] = []
  const lifecycle = makeLifecycle((what) => troubles.push(what))
  await lifecycle.open(
    'database',
    async () => 1,
    async () => closed.push('database'),
  )
  await lifecycle.open(
    'worker',
    async () => 1,
    () => Promise.reject(new Error('stuck')),
  )
  await lifecycle.closeAll()
  expect({ closed, troubles }).toEqual({ closed: ['database'], troubles: ['worker'] })
})

test('what finishes opening while we stop is still closed, and nothing more is opened', async () => {
  const closed: string[] = []
  const lifecycle = makeLifecycle(unused)
  let finish = () => {}
  const slow = new Promise<void>((done) => (finish = done))
  const opening = lifecycle.open(
    'slow',
    () => slow,
    async () => closed.push('slow'),
  )
  const stopped = lifecycle.closeAll()
  finish()
  await expect(opening).rejects.toThrow('stopping')
  await stopped
  await lifecycle.closeAll()
  expect(closed).toEqual(['slow'])
  await expect(lifecycle.open('late', unused, unused)).rejects.toThrow('stopping')
})

test('one Ctrl-C that arrives twice stops once; a second one ends at once', async () => {
  const exits: number[] = []
  let stops = 0
  const before = new Map((['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => [name, process.listeners(name)]))
  const neverDone = () => {
    stops++
    return new Promise<number>(() => {})
  }
  onEndSignal(neverDone, (code) => exits.push(code))
  try {
    process.emit('SIGINT')
    process.emit('SIGINT')
    expect({ stops, exits }).toEqual({ stops: 1, exits: [] })
    await new Promise((later) => setTimeout(later, 600))
    process.emit('SIGINT')
    expect({ stops, exits }).toEqual({ stops: 1, exits: [130] })
  } finally {
    for (const [name, kept] of before) {
      for (const listener of process.listeners(name)) if (!kept.includes(listener)) process.removeListener(name, listener)
    }
  }
})

test('what npm started stops when the shell between them is gone', async () => {
  const program = `import { onEndSignal } from '${new URL('lifecycle.ts', import.meta.url)}'
    setInterval(() => undefined, 1000)
    onEndSignal(async () => (process.stdout.write('stopped'), 0))
    process.stdout.write('up')`
  const env = { ...process.env, npm_lifecycle_event: 'start', PROGRAM: program }
  // A second command, so that the shell stays between.
  const shell = spawn('sh', ['-c', 'node --import tsx --input-type=module -e "$PROGRAM"; true'], { env })
  const said: string[] = []
  shell.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  await once(shell.stdout, 'data')
  shell.kill('SIGTERM')
  await once(shell.stdout, 'close')
  expect(said.join(' ')).toBe('up stopped')
})
