import type en from "../en";
import app from "./app.json";
import customer from "./customer.json";
import landing from "./landing.json";
import ops from "./ops.json";
import order from "./order.json";
import person from "./person.json";
import placeOrder from "./place-order.json";
import runner from "./runner.json";
import signIn from "./sign-in.json";

const zh: typeof en = { app, customer, landing, ops, order, person, placeOrder, runner, signIn };
export default zh;
