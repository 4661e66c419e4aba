import { useFetcher } from '@remix-run/react'
import { useCallback, useEffect } from 'react'
import type { ActDone } from '#app/.server/reads.ts'
import { paths, type ExceptionsSearch } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Notice } from '#app/ui/notice.tsx'
import { showToast } from '#app/ui/toast.tsx'
import { releaseRows } from './chosen-rows.ts'

/** What came of the last act: how many, and of those with which nothing was done why. Can be taken back for a while where it can. */
export function ActedNotice({ acted, view, canUndo }: { acted: ActDone; view: ExceptionsSearch; canUndo: boolean }) {
  const { done, refused, correlationId } = acted
  const undo = useUndo(view)
  useEffect(() => {
    releaseRows()
    showToast({
      text: `${doneWords(done)}.`,
      ...(canUndo && done > 0 && { undo: () => undo(correlationId) }),
    })
  }, [correlationId, done, canUndo, undo])
  if (refused.length === 0) return null
  return (
    <Notice kind="attention" title={done === 0 ? doneWords(done) : `${doneWords(done)}; with others nothing was done`}>
      {refused.map(({ why, count }) => (
        <p key={why}>
          {counted(count, 'exception')}: {why}.
        </p>
      ))}
    </Notice>
  )
}

const doneWords = (done: number) => (done === 0 ? 'Nothing was done' : `Done with ${counted(done, 'exception')}`)

function useUndo(view: ExceptionsSearch) {
  const { submit } = useFetcher()
  const action = paths.exceptions(view)
  return useCallback(
    (correlationId: string) => submit({ act: 'undo', correlationId }, { method: 'post', action, preventScrollReset: true }),
    [submit, action],
  )
}
