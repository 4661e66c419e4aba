import { setTimeout as sleep } from 'node:timers/promises'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runTool } from './run-tool.ts'

const node = (script: string) => [process.execPath, '-e', script]

test('the exit code is told; a signal and a tool that is not there are failures', async () => {
  expect(await runTool(node('process.exit(0)'), { msMax: 20_000 })).toBe(0)
  expect(await runTool(node('process.exit(3)'), { msMax: 20_000 })).toBe(3)
  expect(await runTool(node('process.kill(process.pid, "SIGKILL")'), { msMax: 20_000 })).toBe(1)
  expect(await runTool(['no-such-tool-anywhere'], { msMax: 20_000 })).toBe(1)
})

test('settings reach the tool', async () => {
  expect(
    await runTool(node('process.exit(process.env.REPORT === "here" ? 0 : 1)'), { msMax: 20_000, env: { REPORT: 'here' } }),
  ).toBe(0)
})

test('what it prints is kept where somebody asks for it', async () => {
  const said: string[] = []
  expect(await runTool(node('console.log("one"); console.error("two"); process.exit(1)'), { msMax: 20_000, said })).toBe(1)
  expect(said.sort()).toEqual(['one', 'two'])
})

test('what it left running with its output open is not waited for', async () => {
  const left = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { detached: true, stdio: 'inherit' }).unref()`
  const said: string[] = []
  expect(await runTool(node(`console.log('one'); ${left}`), { msMax: 20_000, said })).toBe(0)
  expect(said).toEqual(['one'])
})

test('what takes too long is stopped together with what it started', async () => {
  const signs = join(await mkdtemp(join(tmpdir(), 'tower-tool-')), 'signs')
  const alive = `setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(signs)}, '.'), 20)`
  const tool = node(
    `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(alive)}]); setInterval(() => {}, 1000)`,
  )
  // Long enough for two programs to start on a busy machine.
  expect(await runTool(tool, { msMax: 6_000 })).toBe('too long')
  await sleep(300)
  const lived = (await readFile(signs, 'utf8')).length
  await sleep(300)
  expect(lived).toBeGreaterThan(0)
  expect(await readFile(signs, 'utf8')).toHaveLength(lived)
})
