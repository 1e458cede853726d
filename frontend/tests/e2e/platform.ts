import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdtemp, open, readFile, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

export interface Platform {
  /** Where the web app and the API are. */
  url: string;
  /** Where the Stripe sandbox is. */
  stripe: string;
  /** Kills the broker and keeps the platform from starting it again, until the function that it answers with is called. */
  breakBroker: () => Promise<() => Promise<void>>;
  /** Moves its clock: only of a platform that was started with a clock that stands still. */
  setClock: (time: Date) => Promise<void>;
  stop: () => Promise<void>;
}

interface Options {
  /** Deadlines come when the story says so. */
  clock?: "system" | "by hand";
}

/** Starts a whole platform on free ports with data of its own: the program that CAMPUSG_BIN names. */
export async function startPlatform({ clock = "system" }: Options = {}): Promise<Platform> {
  const program = process.env.CAMPUSG_BIN ?? "../target/debug/campusg";
  const data = await mkdtemp(join(tmpdir(), "campusg-e2e-"));
  const [broker, time] = [join(data, "nats-server"), join(data, "clock")];
  await symlink(await natsServer(), broker);
  const settings: NodeJS.ProcessEnv = {
    CAMPUSG_GATEWAY__RATE_PER_SECOND: "0",
    CAMPUSG_NATS__SERVER: broker,
    RUST_LOG: process.env.RUST_LOG ?? "error",
  };
  if (clock === "by hand") {
    settings.CAMPUSG_CLOCK__FILE = time;
    await writeClock(time, new Date());
  }
  const child = spawn(program, ["up", "--port", "0", "--json", "--sync", "2m", "--data", data], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whoever is stopped before the end leaves none behind.
  process.once("exit", () => child.kill("SIGTERM"));
  const { url, stripe } = JSON.parse(await firstLine(child)) as { url: string; stripe: string };
  return {
    url,
    stripe,
    breakBroker: async () => {
      const aside = join(data, "nats-server.aside");
      await rename(broker, aside);
      process.kill(Number(await readFile(join(data, "nats", "nats-server.pid"), "utf8")), "SIGKILL");
      return () => rename(aside, broker);
    },
    setClock: (to) => writeClock(time, to),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Where the platform itself would find it. */
async function natsServer(): Promise<string> {
  const named = process.env.CAMPUSG_NATS__SERVER;
  if (named) return named;
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const program = join(directory, "nats-server");
    if (
      await access(program).then(
        () => true,
        () => false,
      )
    )
      return program;
  }
  throw new Error("there is no nats-server: set CAMPUSG_NATS__SERVER, as `cargo xtask tools` prints it");
}

/** As the platform reads it: microseconds, in one write. */
async function writeClock(path: string, time: Date): Promise<void> {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(time.getTime()) * 1_000n);
  const file = await open(path, "a+").then(async (made) => {
    await made.close();
    return open(path, "r+");
  });
  await file.write(bytes, 0, 8, 0);
  await file.close();
}

/** What it says when it is ready; what it complained of if that never happens. */
function firstLine(child: ChildProcess): Promise<string> {
  let complaints = "";
  child.stderr?.on("data", (chunk) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`the platform ended with ${code} before it was ready\n${complaints}`)),
    );
    if (child.stdout) createInterface({ input: child.stdout }).once("line", resolve);
  });
}
