import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** A programmer's mistake, as its user meets it. What they wrote is in the outbox, which a reload reads. */
export function Broken() {
  return (
    <EmptyState
      icon="alert"
      title="Something broke"
      text="Nothing that you have sent is lost. A reload should help."
    >
      <Button onClick={() => location.reload()}>Reload</Button>
    </EmptyState>
  )
}
