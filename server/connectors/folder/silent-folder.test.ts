import { expect, test } from 'vitest'
import { askInTurn } from './asked-in-turn.ts'

test('a folder that hangs is asked one thing and no more until it has answered; others answer meanwhile', async () => {
  let [questions, answer] = [0, (_: string) => {}]
  const ask = (folder: string, question: () => Promise<string>) => askInTurn(folder, question, 50)
  const hangs = () => {
    questions++
    return new Promise<string>((resolve) => (answer = resolve))
  }
  const first = [1, 2, 3, 4, 5].map(() => ask('/silent', hangs).catch((error: unknown) => error))
  expect(await ask('/other', async () => 'here')).toBe('here')
  const refused = { code: 'source_not_found', detail: '/silent does not answer' }
  for (const outcome of await Promise.all(first)) expect(outcome).toMatchObject(refused)
  await expect(ask('/silent', hangs)).rejects.toMatchObject(refused)
  expect(questions).toBe(1)
  answer('late')
  await expect.poll(() => ask('/silent', async () => 'back').catch(() => 'silent')).toBe('back')
})

test('whoever waits is answered in turn, also behind one that fails', async () => {
  const order: number[] = []
  const asked = [1, 2, 3].map((n) =>
    askInTurn('/busy', async () => {
      order.push(n)
      if (n === 2) throw new Error('no such file')
      return n
    }),
  )
  expect(await Promise.allSettled(asked)).toMatchObject([{ value: 1 }, { status: 'rejected' }, { value: 3 }])
  expect(order).toEqual([1, 2, 3])
})
