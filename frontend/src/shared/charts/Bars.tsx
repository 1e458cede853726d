import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";

export interface Point {
  label: string;
  value: number;
}

interface Props {
  points: Point[];
  format: (value: number) => string;
}

const TEXT = { fill: "var(--fg-subtle)", fontSize: 12 };

/** The library's part: loaded when the numbers are there. For the eye only; the table beside it says the same. */
export default function Bars({ points, format }: Props) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={points} accessibilityLayer={false} margin={{ top: 8, right: 0, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--border)" />
        <XAxis dataKey="label" tick={TEXT} tickLine={false} axisLine={{ stroke: "var(--border)" }} />
        <YAxis tick={TEXT} tickLine={false} axisLine={false} width={64} tickFormatter={format} />
        <Tooltip
          formatter={(value) => [format(Number(value)), ""]}
          separator=""
          cursor={{ fill: "var(--surface-2)" }}
          contentStyle={{
            background: "var(--surface)",
            borderColor: "var(--border)",
            borderRadius: 10,
            color: "var(--fg)",
          }}
          labelStyle={{ color: "var(--fg-muted)" }}
          itemStyle={{ color: "var(--fg)" }}
        />
        <Bar dataKey="value" fill="var(--brand)" radius={[6, 6, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}
