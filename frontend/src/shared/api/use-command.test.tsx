import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/test/render";
import { Problem } from "./problem";
import { useCommand } from "./use-command";

type Send = (key: string, input: string) => Promise<{ decided: boolean }>;

function Ask({ send }: { send: Send }) {
  const ask = useCommand({ send, undecided: (answer) => !answer.decided });
  return (
    <button type="button" onClick={() => ask.mutate("rice")}>
      {ask.waiting || "Ask"}
    </button>
  );
}

const button = () => screen.getByRole("button");
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const tap = async () => {
  button().click();
  await pass(1);
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("says how long it takes, and that nobody has to stay", async () => {
  await show(<Ask send={() => new Promise(() => {})} />);
  await tap();
  expect(button()).toHaveTextContent("Sending");
  await pass(5_100);
  expect(button()).toHaveTextContent("Taking longer than usual");
  await pass(25_000);
  expect(button()).toHaveTextContent("You can leave, we will tell you");
});

it("goes on waiting when the platform has only stored it, and asks again with the same key", async () => {
  const send = vi.fn<Send>(async () => ({ decided: false }));
  await show(<Ask send={send} />);
  await tap();
  expect(button()).toHaveTextContent("Sending");
  await tap();
  expect(send.mock.calls[1]?.[0]).toBe(send.mock.calls[0]?.[0]);
});

it("is something new after a refusal, and the same after a lost answer", async () => {
  const refusal = new Problem({ code: "closed", status: 409 });
  const send = vi
    .fn<Send>()
    .mockRejectedValueOnce(Problem.unreachable())
    .mockRejectedValueOnce(refusal)
    .mockResolvedValue({ decided: true });
  await show(<Ask send={send} />);
  for (let count = 0; count < 3; count += 1) {
    await tap();
  }
  const [lost, refused, fresh] = send.mock.calls.map(([key]) => key);
  expect(refused).toBe(lost);
  expect(fresh).not.toBe(lost);
  expect(button()).toHaveTextContent("Ask");
});
