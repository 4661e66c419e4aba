import { useActionData, useLocation } from '@remix-run/react'
import { useState } from 'react'

/** What the action answered, for as long as the address stands: a page that asks again by itself would lose it before it was read. */
export function useAnswer<T>(): ReturnType<typeof useActionData<T>> {
  const answer = useActionData<T>()
  const { key } = useLocation()
  const [kept, keep] = useState({ key, answer })
  // The answer comes before the address it belongs to.
  if (answer && (answer !== kept.answer || key !== kept.key)) keep({ key, answer })
  return answer ?? (kept.key === key ? kept.answer : undefined)
}
