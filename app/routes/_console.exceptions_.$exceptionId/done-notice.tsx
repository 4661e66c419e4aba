import { Form } from '@remix-run/react'
import { Undo2 } from 'lucide-react'
import { paths } from '#app/paths.ts'
import { Button } from '#app/ui/button.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Did } from './act-form.ts'
import type { Screen } from './screen.ts'

/** What a toast says where scripts run. */
export function DoneNotice({ did: { text, undo }, screen: { exception, scope } }: { did: Did; screen: Screen }) {
  return (
    <Notice
      kind="success"
      title={text}
      action={
        undo && (
          <Form method="post" action={paths.exception(exception.exceptionId, scope)}>
            <input type="hidden" name="act" value="undo" />
            <input type="hidden" name="correlationId" value={undo} />
            <Button type="submit" icon={Undo2} size="small">
              Undo
            </Button>
          </Form>
        )
      }
    />
  )
}
