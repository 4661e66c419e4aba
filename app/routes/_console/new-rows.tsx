import { ArrowUp } from 'lucide-react'
import { Button } from '#app/ui/button.tsx'
import { heldBackWords } from './held-back.ts'

/** '12 new · show': in the end of the filter bar, where it moves nothing. */
export function NewRows({ arrived, gone, show }: { arrived: number; gone: number; show: () => void }) {
  const words = heldBackWords({ arrived, gone })
  return (
    <span role="status" className="contents">
      {words && (
        <Button size="small" icon={ArrowUp} onClick={show}>
          {words} · show
        </Button>
      )}
    </span>
  )
}
