//! Customers a second of processor time: M/M/1, M/M/16, and ten servers behind round robin and
//! least outstanding requests, at a load of 0.8. A customer is an arrival and a departure; its stay
//! goes into a histogram of powers of two, which is less than what Updraft keeps of it.
//!
//!     queues NAME CUSTOMERS

use rand::Rng;
use rand_distr::Exp1;
use serde::Serialize;
use simcore::{cast, Event, EventHandler, Simulation, SimulationContext};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Serialize)]
struct Arrival {}

#[derive(Clone, Serialize)]
struct Departure {
    server: usize,
    arrived: f64,
}

enum Choice {
    RoundRobin,
    LeastOutstanding,
}

struct Server {
    busy: usize,
    places: usize,
    waiting: VecDeque<f64>,
}

struct Desk {
    ctx: SimulationContext,
    gap: f64,
    servers: Vec<Server>,
    choice: Choice,
    turn: usize,
    left: u64,
    done: u64,
    stays: [u64; 64],
}

impl Desk {
    fn draw(&self) -> f64 {
        self.ctx.sample_from_distribution(&Exp1)
    }

    fn choose(&mut self) -> usize {
        match self.choice {
            Choice::RoundRobin => {
                self.turn = (self.turn + 1) % self.servers.len();
                self.turn
            }
            Choice::LeastOutstanding => {
                let mut best = 0;
                let mut ties = 0u32;
                let mut fewest = usize::MAX;
                for (i, server) in self.servers.iter().enumerate() {
                    let here = server.busy + server.waiting.len();
                    if here < fewest {
                        fewest = here;
                        best = i;
                        ties = 1;
                    } else if here == fewest {
                        ties += 1;
                        if self.ctx.gen_range(0..ties) == 0 {
                            best = i;
                        }
                    }
                }
                best
            }
        }
    }

    fn begin(&mut self, server: usize, arrived: f64) {
        let work = self.draw();
        self.ctx.emit_self(Departure { server, arrived }, work);
    }

    fn on_arrival(&mut self) {
        let now = self.ctx.time();
        if self.left > 0 {
            self.left -= 1;
            let gap = self.draw() * self.gap;
            self.ctx.emit_self(Arrival {}, gap);
        }
        let server = if self.servers.len() == 1 { 0 } else { self.choose() };
        let place = &mut self.servers[server];
        if place.busy < place.places {
            place.busy += 1;
            self.begin(server, now);
        } else {
            place.waiting.push_back(now);
        }
    }

    fn on_departure(&mut self, server: usize, arrived: f64) {
        self.done += 1;
        let stay = ((self.ctx.time() - arrived) * 1e9) as u64;
        self.stays[(stay | 1).ilog2() as usize] += 1;
        if let Some(next) = self.servers[server].waiting.pop_front() {
            self.begin(server, next);
        } else {
            self.servers[server].busy -= 1;
        }
    }
}

impl EventHandler for Desk {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Arrival {} => {
                self.on_arrival()
            }
            Departure { server, arrived } => {
                self.on_departure(server, arrived)
            }
        })
    }
}

fn processor_seconds() -> f64 {
    // utime and stime of this process, in ticks of 10 ms
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = text[text.rfind(')').unwrap() + 2..].split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let name = arguments[1].as_str();
    let customers: u64 = arguments[2].parse().expect("a number of customers");
    let (servers, places, choice) = match name {
        "mm1" => (1, 1, Choice::RoundRobin),
        "mm16" => (1, 16, Choice::RoundRobin),
        "ten_round_robin" => (10, 1, Choice::RoundRobin),
        "ten_least_outstanding" => (10, 1, Choice::LeastOutstanding),
        _ => panic!("mm1, mm16, ten_round_robin or ten_least_outstanding"),
    };
    let mut simulation = Simulation::new(rand::thread_rng().gen_range(0..1 << 30));
    let ctx = simulation.create_context("desk");
    let desk = Rc::new(RefCell::new(Desk {
        ctx,
        gap: 1.0 / (0.8 * (servers * places) as f64),
        servers: (0..servers)
            .map(|_| Server { busy: 0, places, waiting: VecDeque::new() })
            .collect(),
        choice,
        turn: 0,
        left: customers,
        done: 0,
        stays: [0; 64],
    }));
    simulation.add_handler("desk", desk.clone());
    desk.borrow().ctx.emit_self(Arrival {}, 0.0);
    let begin = processor_seconds();
    simulation.step_until_no_events();
    let seconds = processor_seconds() - begin;
    let done = desk.borrow().done;
    println!("{name} {:.3} M/s", done as f64 / seconds / 1e6);
}
