import { expect, test } from 'vitest'
import { closeDatabase, openDatabase } from './client.ts'

test('an address to which there is no way at all fails its statements, and takes no process along', async () => {
  const lost: unknown[] = []
  const note = (error: unknown) => void lost.push(error)
  process.on('uncaughtException', note)
  // Nothing is sent there: connect(2) itself refuses it.
  const db = openDatabase('postgres://nobody:none@255.255.255.255:5432/none', { max: 2 })
  try {
    for (let i = 0; i < 3; i++)
      await expect(db.$client`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^E[A-Z]+$/) })
    expect(lost).toEqual([])
  } finally {
    await closeDatabase(db)
    process.off('uncaughtException', note)
  }
}, 20_000)
