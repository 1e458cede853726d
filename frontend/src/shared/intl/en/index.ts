import app from "./app.json";
import customer from "./customer.json";
import landing from "./landing.json";
import ops from "./ops.json";
import order from "./order.json";
import person from "./person.json";
import placeOrder from "./place-order.json";
import runner from "./runner.json";
import signIn from "./sign-in.json";

/** Every text of the app, by area. A new area is a file here and in `zh`, and a name in both lists. */
export default { app, customer, landing, ops, order, person, placeOrder, runner, signIn };
